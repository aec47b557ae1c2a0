namespace MailProxy.Store.Mime;

/// <summary>Which octets of a part a section names (section-msgtext, RFC 9051 6.4.5.1).</summary>
public enum SectionPart
{
    /// <summary>Nothing is said: the whole message, or the body of the part.</summary>
    All,

    /// <summary>HEADER: of a message.</summary>
    Header,

    /// <summary>HEADER.FIELDS.</summary>
    HeaderFields,

    /// <summary>HEADER.FIELDS.NOT.</summary>
    HeaderFieldsNot,

    /// <summary>TEXT: the body of a message.</summary>
    Text,

    /// <summary>MIME: the header of a part.</summary>
    Mime,
}
