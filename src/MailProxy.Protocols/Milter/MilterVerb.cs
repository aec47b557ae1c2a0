namespace MailProxy.Protocols.Milter;

/// <summary>What a milter says; the first octet of its packets (libmilter's SMFIR_*).</summary>
public enum MilterVerb : byte
{
    /// <summary>Adds a recipient.</summary>
    AddRecipient = (byte)'+',

    /// <summary>Takes a recipient away.</summary>
    DeleteRecipient = (byte)'-',

    /// <summary>Adds a recipient with parameters.</summary>
    AddRecipientWithParameters = (byte)'2',

    /// <summary>The message is good, no more of it is wanted.</summary>
    Accept = (byte)'a',

    /// <summary>A piece of the new body.</summary>
    ReplaceBody = (byte)'b',

    /// <summary>Go on.</summary>
    Continue = (byte)'c',

    /// <summary>Take the message and throw it away.</summary>
    Discard = (byte)'d',

    /// <summary>Changes the envelope sender.</summary>
    ChangeFrom = (byte)'e',

    /// <summary>Adds a header field behind the others.</summary>
    AddHeader = (byte)'h',

    /// <summary>Inserts a header field.</summary>
    InsertHeader = (byte)'i',

    /// <summary>Changes or deletes a header field.</summary>
    ChangeHeader = (byte)'m',

    /// <summary>What it wants of what was offered.</summary>
    Negotiate = (byte)'O',

    /// <summary>It works; be patient.</summary>
    Progress = (byte)'p',

    /// <summary>Quarantines the message.</summary>
    Quarantine = (byte)'q',

    /// <summary>Refuse for good.</summary>
    Reject = (byte)'r',

    /// <summary>It has seen enough of the body.</summary>
    Skip = (byte)'s',

    /// <summary>Refuse for now.</summary>
    TemporaryFailure = (byte)'t',

    /// <summary>Refuse with these words.</summary>
    ReplyCode = (byte)'y',
}
