namespace MailProxy.Store.Imap.Fetch;

/// <summary>What FETCH can be asked for (fetch-att, RFC 9051 6.4.5).</summary>
internal enum FetchItemKind
{
    /// <summary>UID.</summary>
    Uid,

    /// <summary>FLAGS.</summary>
    Flags,

    /// <summary>INTERNALDATE.</summary>
    InternalDate,

    /// <summary>RFC822.SIZE.</summary>
    Size,

    /// <summary>MODSEQ (RFC 7162).</summary>
    ModSeq,

    /// <summary>ENVELOPE.</summary>
    Envelope,

    /// <summary>BODY without a section.</summary>
    Body,

    /// <summary>BODYSTRUCTURE.</summary>
    BodyStructure,

    /// <summary>Octets of the message: BODY[...], BODY.PEEK[...], RFC822, RFC822.HEADER, RFC822.TEXT.</summary>
    Section,
}
