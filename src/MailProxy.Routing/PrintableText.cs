namespace MailProxy.Routing;

/// <summary>Foreign text for logs and messages: on one line, without control characters, and short.</summary>
internal static class PrintableText
{
    // Enough for a log line.
    private const int DefaultLimit = 300;

    /// <summary>The text with blanks for control characters, cut at a number of characters.</summary>
    public static string Of(string text, int limit = DefaultLimit)
    {
        var cut = text.Length > limit ? text[..limit] : text;
        return cut.Any(char.IsControl) ? string.Create(cut.Length, cut, static (to, from) => Fill(to, from)) : cut;
    }

    private static void Fill(Span<char> to, string from)
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }
    }
}
