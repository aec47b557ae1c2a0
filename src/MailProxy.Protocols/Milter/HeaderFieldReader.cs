namespace MailProxy.Protocols.Milter;

/// <summary>
/// Takes a message's header apart (RFC 5322 2.1, 2.2.3):
/// <code>
/// header = *( line *( ( SP / HTAB ) line ) ) CRLF      line ends in CRLF
/// </code>
/// The empty line ends it; a message without one is all header.
/// </summary>
public static class HeaderFieldReader
{
    /// <summary>Where the body begins: behind the empty line; -1: the octets do not reach so far.</summary>
    public static int FindBody(ReadOnlySpan<byte> octets)
    {
        if (octets.StartsWith("\r\n"u8))
        {
            return 2;
        }

        var end = octets.IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }

    /// <summary>The fields of a whole header, in their order.</summary>
    /// <param name="header">Up to the body; the empty line may be there or not.</param>
    public static List<HeaderField> Read(ReadOnlyMemory<byte> header)
    {
        var fields = new List<HeaderField>();
        var start = 0;
        while (start < header.Length && !header.Span[start..].StartsWith("\r\n"u8))
        {
            var end = EndOfField(header.Span, start);
            fields.Add(HeaderField.Of(header[start..end]));
            start = Math.Min(header.Length, end + 2);
        }

        return fields;
    }

    // In front of the CRLF that no blank follows.
    private static int EndOfField(ReadOnlySpan<byte> header, int start)
    {
        for (var from = start; ;)
        {
            var line = header[from..].IndexOf("\r\n"u8);
            if (line < 0)
            {
                return header.Length;
            }

            from += line + 2;
            if (from >= header.Length || header[from] is not ((byte)' ' or (byte)'\t'))
            {
                return from - 2;
            }
        }
    }
}
