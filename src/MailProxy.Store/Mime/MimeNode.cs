using MimeKit;

namespace MailProxy.Store.Mime;

/// <summary>One MIME entity, by offsets into the message's octets: <c>[Begin, HeaderEnd)</c> is its header with the blank line, <c>[HeaderEnd, End)</c> its body.</summary>
internal sealed class MimeNode
{
    /// <summary>What it is.</summary>
    public required MimeNodeKind Kind { get; init; }

    /// <summary>As written, or the default of its place; null when the message could not be read as MIME.</summary>
    public ContentType? Type { get; init; }

    /// <summary>The header fields that ENVELOPE and BODYSTRUCTURE tell, in their order; the others are not kept.</summary>
    public IReadOnlyList<Header> Fields { get; init; } = [];

    /// <summary>Its parts; of a Message: the message within.</summary>
    public List<MimeNode> Children { get; } = [];

    /// <summary>Offset of its header.</summary>
    public long Begin { get; init; }

    /// <summary>Behind the blank line.</summary>
    public long HeaderEnd { get; set; }

    /// <summary>Behind its last octet; the CRLF before a boundary belongs to the boundary (RFC 2046 5.1.1).</summary>
    public long End { get; set; }

    /// <summary>Text lines of the body.</summary>
    public int Lines { get; set; }

    /// <summary>Octets of the body.</summary>
    public long Size => End - HeaderEnd;

    /// <summary>The first field of that name, or null.</summary>
    public Header? Field(HeaderId id) => Fields.FirstOrDefault(field => field.Id == id);
}
