using System.Globalization;
using System.Text.RegularExpressions;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>libmilter's packets and what is in those of a milter, octets as Latin-1, by expressions. There is no RFC: sendmail/libmilter/docs and mfdef.h.</summary>
internal static partial class MilterOracle
{
    /// <summary>The packet at the start of the text, and how many octets it has with its length.</summary>
    public static (ReadStatus Status, char Code, string Data, int Length) ReadPacket(string text, int limit)
    {
        if (text.Length < 4)
        {
            return (ReadStatus.NeedMore, '\0', "", 0);
        }

        var length = Number(text);
        return length == 0 ? (ReadStatus.Malformed, '\0', "", 0)
            : length > limit ? (ReadStatus.TooLong, '\0', "", 0)
            : text.Length < length + 4 ? (ReadStatus.NeedMore, '\0', "", 0)
            : (ReadStatus.Done, text[4], text.Substring(5, (int)length - 1), (int)length + 4);
    }

    /// <summary>What a reply says; null: none.</summary>
    public static (uint Index, string Text, string More, string Octets)? Reply(char code, string data)
    {
        var match = Form().Match($"{code}{data}");
        return !match.Success ? null
            : (match.Groups["index"].Success ? Number(match.Groups["index"].Value) : 0, match.Groups["text"].Value, match.Groups["more"].Value, match.Groups["octets"].Value);
    }

    /// <summary>What is agreed on; null: nothing.</summary>
    public static (uint Version, uint Actions, uint Steps)? Agree(char code, string data, uint version, uint actions, uint steps)
    {
        if (code != 'O' || data.Length < 12)
        {
            return null;
        }

        var (wanted, does, skips) = (Number(data), Number(data[4..]), Number(data[8..]));
        return wanted >= 2 && wanted <= version && (does | actions) == actions && (skips | steps) == steps ? (wanted, does, skips) : null;
    }

    /// <summary>The fields of a header, folded lines within, up to the empty line.</summary>
    public static IEnumerable<string> Fields(string header) =>
        LineEnd().Split(header).TakeWhile(field => field.Length > 0 && !field.StartsWith("\r\n", StringComparison.Ordinal));

    private static uint Number(string text) =>
        uint.Parse(string.Concat(text.Take(4).Select(octet => ((int)octet).ToString("X2", CultureInfo.InvariantCulture))), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // Of verbs without data whatever follows is passed over, as libmilter does.
    [GeneratedRegex(
        """
        \A(?:
          [acdprst].*
          | [+\-qy2e](?<text>[^\0]+)\0(?:(?<more>[^\0]*)\0)?
          | h(?<text>[^\0]+)\0(?<more>[^\0]*)\0
          | [im](?<index>.{4})(?<text>[^\0]+)\0(?<more>[^\0]*)\0
          | b(?<octets>.*)
        )\z
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Form();

    // One that no blank follows.
    [GeneratedRegex(@"\r\n(?![ \t])")]
    private static partial Regex LineEnd();
}
