using System.Text.RegularExpressions;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>RFC 5321 4.2.1, one line after the other.</summary>
internal static partial class ReplyOracle
{
    /// <summary>The reply at the start of the text.</summary>
    public static (ReadStatus Status, int Code, int Length, string[] Lines) Read(string text, int limit)
    {
        var lines = new List<string>();
        var code = "";
        for (var position = 0; ;)
        {
            var feed = text.IndexOf('\n', position);
            if ((feed < 0 ? text.Length : feed + 1) is var seen && (seen > limit || (feed < 0 && seen == limit)))
            {
                return (ReadStatus.TooLong, 0, 0, []);
            }

            if (feed < 0)
            {
                return (ReadStatus.NeedMore, 0, 0, []);
            }

            var line = Line().Match(text[position..(feed + 1)]);
            if (!line.Success || (code.Length > 0 && line.Groups["code"].Value != code))
            {
                return (ReadStatus.Malformed, 0, 0, []);
            }

            code = line.Groups["code"].Value;
            lines.Add(line.Groups["text"].Value);
            position = feed + 1;
            if (line.Groups["sign"].Value != "-")
            {
                return (ReadStatus.Done, int.Parse(code), position, [.. lines]);
            }
        }
    }

    [GeneratedRegex(@"\A(?<code>[2-5][0-9]{2})((?<sign>[ \-])(?<text>[^\r\n\0]*))?\r\n\z")]
    private static partial Regex Line();
}
