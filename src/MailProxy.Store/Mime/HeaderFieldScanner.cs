using System.Text;

namespace MailProxy.Store.Mime;

/// <summary>Finds header fields as octet ranges: <c>field = name *WSP ":" text *(CRLF WSP text) CRLF</c> (RFC 5322 2.2), line ends of LF tolerated.</summary>
internal static class HeaderFieldScanner
{
    // Postfix takes headers of 102,400 octets; what lies beyond ten times that is not looked at.
    private const int HeaderLimit = 1_048_576;

    /// <summary>The ranges of the fields that are (or are not) among the names, neighbours joined.</summary>
    public static List<OctetRange> Select(Stream content, long begin, long end, IReadOnlyList<string> names, bool selectNamed)
    {
        var octets = new byte[Math.Min(end - begin, HeaderLimit)];
        content.Position = begin;
        var header = octets.AsSpan(0, content.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false));
        var wanted = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        var ranges = new List<OctetRange>();
        var isSelected = false;
        for (var position = 0; position < header.Length;)
        {
            var line = header[position..];
            var length = line.IndexOf((byte)'\n') is >= 0 and var lineEnd ? lineEnd + 1 : line.Length;
            line = line[..length];
            if (line.Trim("\r\n"u8).IsEmpty)
            {
                break;
            }

            if (line[0] is not ((byte)' ' or (byte)'\t') || position == 0)
            {
                var colon = line.IndexOf((byte)':');
                var name = Encoding.Latin1.GetString((colon < 0 ? line : line[..colon]).TrimEnd(" \t\r\n"u8));
                isSelected = wanted.Contains(name) == selectNamed;
            }

            if (isSelected)
            {
                Add(ranges, begin + position, length);
            }

            position += length;
        }

        return ranges;
    }

    private static void Add(List<OctetRange> ranges, long offset, int length)
    {
        if (ranges is [.., var last] && last.Offset + last.Length == offset)
        {
            ranges[^1] = last with { Length = last.Length + length };
        }
        else
        {
            ranges.Add(new(offset, length));
        }
    }
}
