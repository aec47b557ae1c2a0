namespace MailProxy.Proxy.Smtp;

/// <summary>Judges what a client calls itself in EHLO, HELO or LHLO: it goes into trace headers, where nothing of it may mean anything else.</summary>
internal static class HelloName
{
    // RFC 1035 2.3.4.
    private const int Limit = 255;

    /// <summary>True for host names (underscores are found in real ones) and address literals (RFC 5321 4.1.3).</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Limit && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' or ':' or '[' or ']');
}
