namespace MailProxy.Proxy.Authenticate;

/// <summary>Recognises a web browser that was made to talk to a mail port (ALPACA and older tricks): such a session ends at once.</summary>
internal static class HttpVerbs
{
    private static readonly string[] Verbs = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "CONNECT", "PATCH", "TRACE"];

    /// <summary>True when a first word is an HTTP method.</summary>
    public static bool IsHttp(string word) => Array.IndexOf(Verbs, word) >= 0;

    /// <summary>True when a line starts like an HTTP request.</summary>
    public static bool StartsHttp(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        return space is > 2 and < 8 && IsHttp(System.Text.Encoding.ASCII.GetString(line[..space]));
    }
}
