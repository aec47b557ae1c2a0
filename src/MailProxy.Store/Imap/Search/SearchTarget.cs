using System.Text;
using MailProxy.Store.Engine;
using MimeKit;

namespace MailProxy.Store.Imap.Search;

/// <summary>A message that is being judged. Header and text are read when a condition asks for them, and kept for its other conditions.</summary>
/// <param name="mailbox">Where it is.</param>
/// <param name="sequenceNumber">As the client knows it.</param>
/// <param name="entry">What is known without reading it.</param>
/// <param name="cancellationToken">Ends the reading.</param>
internal sealed class SearchTarget(IMailbox mailbox, uint sequenceNumber, MessageEntry entry, CancellationToken cancellationToken) : IAsyncDisposable
{
    // Text parts longer than this are searched up to here; nobody types so much.
    private const int TextLimit = 4 * 1024 * 1024;

    private Stream? _content;
    private HeaderList? _header;
    private List<string>? _texts;

    /// <summary>As the client knows it.</summary>
    public uint SequenceNumber => sequenceNumber;

    /// <summary>Flags, dates, sizes.</summary>
    public MessageEntry Entry => entry;

    /// <summary>The header; empty when the message has none or is gone.</summary>
    public async ValueTask<HeaderList> HeaderAsync()
    {
        if (_header is null && await OpenAsync() is { } content)
        {
            try
            {
                _header = new MimeParser(content, MimeFormat.Entity).ParseHeaders(cancellationToken);
            }
            catch (Exception exception) when (exception is FormatException or EndOfStreamException)
            {
                // No header, then: what cannot be parsed is all text.
                _header = null;
            }
        }

        return _header ??= [];
    }

    /// <summary>True when a text part, decoded, holds the text in any case; of what cannot be parsed, the octets as they are.</summary>
    public async ValueTask<bool> BodyHoldsAsync(string text)
    {
        _texts ??= await ReadTextsAsync();
        return _texts.Exists(part => part.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>True when a field of the header, decoded, holds the text in any case.</summary>
    public async ValueTask<bool> HeaderHoldsAsync(string text) =>
        (await HeaderAsync()).Any(field => $"{field.Field}: {field.Value}".Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _content?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<Stream?> OpenAsync()
    {
        _content ??= await mailbox.OpenContentAsync(entry.Uid, cancellationToken);
        _content?.Position = 0;
        return _content;
    }

    private async ValueTask<List<string>> ReadTextsAsync()
    {
        if (await OpenAsync() is not { } content)
        {
            return [];
        }

        try
        {
            // Persistent: parts are read from the file when they are decoded, not kept.
            var message = new MimeParser(content, MimeFormat.Entity, persistent: true).ParseMessage(cancellationToken);
            return [.. message.BodyParts.OfType<TextPart>().Select(Decode)];
        }
        catch (Exception exception) when (exception is FormatException or EndOfStreamException)
        {
            content.Position = 0;
            return [Decode(content, Encoding.UTF8)];
        }
    }

    private static string Decode(TextPart part)
    {
        using var octets = part.Content?.Open() ?? Stream.Null;
        return Decode(octets, part.ContentType.CharsetEncoding ?? Encoding.UTF8);
    }

    private static string Decode(Stream octets, Encoding encoding)
    {
        using var reader = new StreamReader(octets, encoding, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        var text = new StringBuilder();
        var buffer = new char[8_192];
        while (text.Length < TextLimit && reader.Read(buffer) is > 0 and var read)
        {
            text.Append(buffer, 0, read);
        }

        return text.ToString();
    }
}
