using System.Globalization;
using System.Text;

namespace MailProxy.Protocols.Sieve;

/// <summary>Writes strings (RFC 5804 4): quoted where that can hold them, else a literal.</summary>
public static class SieveStringWriter
{
    // RFC 5804 4: quoted = <"> *1024QUOTED-CHAR <">.
    private const int QuotedLimit = 1_024;

    /// <summary>For a client: literals are <c>{n}</c>.</summary>
    public static string ForClient(string text)
    {
        var octets = Encoding.UTF8.GetByteCount(text);
        return octets <= QuotedLimit && text.AsSpan().IndexOfAny('\r', '\n', '\0') < 0
            ? $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : string.Create(CultureInfo.InvariantCulture, $"{{{octets}}}\r\n{text}");
    }

    /// <summary>The header of a literal for a server, or null when so many octets of base64 go between quotes.</summary>
    public static string? LiteralHeader(int octets) =>
        octets <= QuotedLimit ? null : string.Create(CultureInfo.InvariantCulture, $"{{{octets}+}}\r\n");
}
