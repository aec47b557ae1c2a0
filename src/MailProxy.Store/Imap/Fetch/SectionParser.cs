using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Mime;

namespace MailProxy.Store.Imap.Fetch;

/// <summary>
/// <c>section = "[" [part *("." part) ["." text]] / [text] "]" ["&lt;" first "." count "&gt;"]</c> with
/// <c>text = "HEADER" / "HEADER.FIELDS" [".NOT"] SP "(" names ")" / "TEXT" / "MIME"</c> (RFC 9051 9).
/// </summary>
internal static class SectionParser
{
    // As deep as MIME is read (MimeTreeReader).
    private const int PathLimit = 100;

    // Names in one HEADER.FIELDS; Apple Mail asks for about twenty.
    private const int FieldLimit = 200;

    private static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz."u8);

    /// <summary>Reads from the opening bracket on; null when it is none.</summary>
    public static FetchItem? TryRead(ref ImapArgumentReader arguments, bool isPeek)
    {
        if (!arguments.TryRead((byte)'[') || !TryReadPath(ref arguments, out var path) || !TryReadText(ref arguments, path.Count > 0, out var part, out var fields)
            || !arguments.TryRead((byte)']') || !TryReadPartial(ref arguments, out var first, out var count))
        {
            return null;
        }

        var section = new SectionSpec(path, part, fields);
        return new(FetchItemKind.Section, Label(section, first)) { Section = section, First = first ?? 0, Count = count, SetsSeen = !isPeek };
    }

    private static bool TryReadPath(ref ImapArgumentReader arguments, out List<int> path)
    {
        path = [];
        while (arguments.TryReadWhile(ImapOctets.Digits, out var digits))
        {
            if (path.Count == PathLimit || !Utf8Parser.TryParse(digits, out int number, out var used) || used != digits.Length || number == 0)
            {
                return false;
            }

            path.Add(number);
            if (!arguments.TryRead((byte)'.'))
            {
                return arguments.IsNext((byte)']');
            }
        }

        // Behind "1." something must follow.
        return path.Count == 0 || !arguments.IsNext((byte)']');
    }

    private static bool TryReadText(ref ImapArgumentReader arguments, bool isPart, out SectionPart part, out List<string> fields)
    {
        part = SectionPart.All;
        fields = [];
        if (!arguments.TryReadWhile(Letters, out var word))
        {
            return arguments.IsNext((byte)']');
        }

        switch (Encoding.ASCII.GetString(word).ToUpperInvariant())
        {
            case "HEADER":
                part = SectionPart.Header;
                return true;
            case "TEXT":
                part = SectionPart.Text;
                return true;
            case "MIME" when isPart:
                part = SectionPart.Mime;
                return true;
            case "HEADER.FIELDS":
                part = SectionPart.HeaderFields;
                return TryReadFields(ref arguments, fields);
            case "HEADER.FIELDS.NOT":
                part = SectionPart.HeaderFieldsNot;
                return TryReadFields(ref arguments, fields);
            default:
                return false;
        }
    }

    private static bool TryReadFields(ref ImapArgumentReader arguments, List<string> fields)
    {
        if (!arguments.TryReadSpace() || !arguments.TryRead((byte)'('))
        {
            return false;
        }

        do
        {
            // A field name is printable ASCII (RFC 5322 2.2); it is echoed in the answer.
            if (fields.Count == FieldLimit || !arguments.TryReadAstring(out var name) || name.Length == 0 || name.AsSpan().ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
            {
                return false;
            }

            fields.Add(Encoding.ASCII.GetString(name));
        }
        while (arguments.TryReadSpace());
        return arguments.TryRead((byte)')');
    }

    private static bool TryReadPartial(ref ImapArgumentReader arguments, out long? first, out long count)
    {
        first = null;
        count = long.MaxValue;
        if (!arguments.TryRead((byte)'<'))
        {
            return true;
        }

        if (!TryReadNumber(ref arguments, out var from) || !arguments.TryRead((byte)'.') || !TryReadNumber(ref arguments, out count))
        {
            return false;
        }

        first = from;
        return count > 0 && arguments.TryRead((byte)'>');
    }

    private static bool TryReadNumber(ref ImapArgumentReader arguments, out long number)
    {
        number = 0;
        return arguments.TryReadWhile(ImapOctets.Digits, out var digits) && Utf8Parser.TryParse(digits, out number, out var used) && used == digits.Length;
    }

    private static string Label(SectionSpec section, long? first)
    {
        var text = section.Part switch
        {
            SectionPart.Header => "HEADER",
            SectionPart.Text => "TEXT",
            SectionPart.Mime => "MIME",
            SectionPart.HeaderFields => $"HEADER.FIELDS ({Names(section.Fields)})",
            SectionPart.HeaderFieldsNot => $"HEADER.FIELDS.NOT ({Names(section.Fields)})",
            _ => "",
        };
        var path = string.Join('.', section.Path.Select(number => number.ToString(CultureInfo.InvariantCulture)));
        var origin = first is null ? "" : string.Create(CultureInfo.InvariantCulture, $"<{first}>");
        return $"BODY[{path}{(path.Length > 0 && text.Length > 0 ? "." : "")}{text}]{origin}";
    }

    private static string Names(IReadOnlyList<string> fields) => string.Join(' ', fields.Select(Quote));

    private static string Quote(string name) =>
        Encoding.ASCII.GetBytes(name).AsSpan().ContainsAnyExcept(ImapOctets.Atom)
            ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : name;
}
