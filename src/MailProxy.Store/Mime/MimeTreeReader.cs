using MimeKit;

namespace MailProxy.Store.Mime;

/// <summary>Reads where the parts of a message begin and end, by MimeKit's reader events; contents are not kept.</summary>
internal sealed class MimeTreeReader : MimeReader
{
    // Dovecot's bounds (message-parser: 100 levels, 10,000 parts); mail that people read has about a tenth of either.
    private const int DepthLimit = 100;
    private const int PartLimit = 10_000;

    // Fields of interest per entity. Each may come once by RFC 5322 3.6; repeated ones are tolerated up to here.
    private const int FieldLimit = 64;

    private static readonly ParserOptions Limits = new() { MaxMimeDepth = DepthLimit };

    private static readonly HashSet<HeaderId> Kept =
    [
        HeaderId.Date, HeaderId.Subject, HeaderId.From, HeaderId.Sender, HeaderId.ReplyTo, HeaderId.To, HeaderId.Cc, HeaderId.Bcc,
        HeaderId.InReplyTo, HeaderId.MessageId, HeaderId.ContentType, HeaderId.ContentId, HeaderId.ContentDescription,
        HeaderId.ContentTransferEncoding, HeaderId.ContentMd5, HeaderId.ContentDisposition, HeaderId.ContentLanguage, HeaderId.ContentLocation,
    ];

    private readonly Stack<MimeNode> _open = new();
    private List<Header> _fields = [];
    private MimeNode? _root;
    private int _parts;
    private long _headerEnd;

    private MimeTreeReader(Stream content)
        : base(Limits, content, MimeFormat.Entity)
    {
    }

    /// <summary>Reads the whole stream. What is no message (no header at all, too many parts) is one leaf without header.</summary>
    /// <remarks>Reads synchronously: the file was just written, or is read by a pool thread as FileStream's own asynchronous reads would be.</remarks>
    public static MimeNode Read(Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var reader = new MimeTreeReader(content);
        try
        {
            reader.ReadMessage(cancellationToken);
        }
        catch (Exception exception) when (IsAboutContent(exception))
        {
            reader._root = null;
        }

        return reader._root is { } root && reader._open.Count == 0 ? root : Opaque(content);
    }

    /// <summary>Where the header of the message ends, without reading the body; 0 when there is no header.</summary>
    public static long ReadHeaderEnd(Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var reader = new MimeTreeReader(content);
        try
        {
            reader.ReadHeaders(cancellationToken);
            return reader._headerEnd;
        }
        catch (Exception exception) when (IsAboutContent(exception))
        {
            return 0;
        }
    }

    /// <inheritdoc/>
    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => _fields = [];

    /// <inheritdoc/>
    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        if (Kept.Contains(header.Id) && _fields.Count < FieldLimit)
        {
            _fields.Add(header);
        }
    }

    /// <inheritdoc/>
    protected override void OnHeadersEnd(long beginOffset, int beginLineNumber, long endOffset, int endLineNumber, CancellationToken cancellationToken) =>
        _headerEnd = endOffset;

    /// <inheritdoc/>
    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Open(MimeNodeKind.Leaf, contentType, beginOffset);

    /// <inheritdoc/>
    protected override void OnMimePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
        Close(headersEndOffset, endOffset, lines);

    /// <inheritdoc/>
    protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Open(MimeNodeKind.Multipart, contentType, beginOffset);

    /// <inheritdoc/>
    protected override void OnMultipartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
        Close(headersEndOffset, endOffset, lines);

    /// <inheritdoc/>
    protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Open(MimeNodeKind.Message, contentType, beginOffset);

    /// <inheritdoc/>
    protected override void OnMessagePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
        Close(headersEndOffset, endOffset, lines);

    // No mail may stop its own delivery, whatever a parser makes of it; a disk that cannot be read is another matter.
    private static bool IsAboutContent(Exception exception) => exception is EndOfStreamException or not (OperationCanceledException or IOException);

    private static MimeNode Opaque(Stream content) => new() { Kind = MimeNodeKind.Leaf, End = content.Length, Lines = LineCounter.Count(content) };

    private void Open(MimeNodeKind kind, ContentType type, long begin)
    {
        if (++_parts > PartLimit)
        {
            throw new TooManyPartsException();
        }

        var node = new MimeNode { Kind = kind, Type = type, Begin = begin, Fields = _fields };
        _fields = [];
        if (_open.TryPeek(out var parent))
        {
            parent.Children.Add(node);
        }
        else
        {
            _root ??= node;
        }

        _open.Push(node);
    }

    private void Close(long headerEnd, long end, int lines)
    {
        var node = _open.Pop();
        node.HeaderEnd = headerEnd;
        node.End = Math.Max(headerEnd, end);
        node.Lines = lines;
        if (node.Kind == MimeNodeKind.Message && (node.Children.Count != 1 || !IsWholeMessage(node.Type!)))
        {
            // MimeKit also opens text/rfc822-headers and the like; for IMAP they have no parts (RFC 9051 7.5.2).
            AsLeaf(node);
        }
    }

    private static bool IsWholeMessage(ContentType type) => type.IsMimeType("message", "rfc822") || type.IsMimeType("message", "global");

    private void AsLeaf(MimeNode node)
    {
        var leaf = new MimeNode
        {
            Kind = MimeNodeKind.Leaf, Type = node.Type, Fields = node.Fields, Begin = node.Begin, HeaderEnd = node.HeaderEnd, End = node.End, Lines = node.Lines,
        };
        if (_open.TryPeek(out var parent))
        {
            parent.Children[^1] = leaf;
        }
        else
        {
            _root = leaf;
        }
    }

    private sealed class TooManyPartsException : Exception;
}
