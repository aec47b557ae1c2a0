using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailProxy.Directory.HttpAuth;

// Auth-Status: "OK" | "WAIT" | text for the user       Auth-Server: address   Auth-Port: 1..65535
// Auth-User, Auth-Pass: what to say at the store       Auth-Wait: seconds     Auth-Error-Code: SMTP code, e.g. "535 5.7.8"
// nginx ignores the status line. Here it counts where ignoring it would let somebody in or tell a fault as a wrong password.

/// <summary>Reads the service's answer. Pure.</summary>
internal static class AnswerReader
{
    // RFC 5321 4.5.3.1.5: a reply line has 512 octets; POP3 (RFC 1939 3) as well. This leaves room for codes and tags.
    private const int TextLimit = 300;

    // As for what clients send: a name has 255 octets, a password 8,192 (of which the response's bound on headers leaves nearly all).
    private const int NameLimit = 255;
    private const int PasswordLimit = 8_192;

    /// <summary>Reads.</summary>
    /// <param name="status">Of the response.</param>
    /// <param name="header">The values of a header by its name; each character is an octet.</param>
    /// <param name="longestWait">What <c>Auth-Wait</c> is cut to.</param>
    public static HttpAnswer Read(HttpStatusCode status, Func<string, IReadOnlyList<string>> header, TimeSpan longestWait)
    {
        foreach (var name in (ReadOnlySpan<string>)["Auth-Status", "Auth-Server", "Auth-Port", "Auth-User", "Auth-Pass", "Auth-Wait", "Auth-Error-Code"])
        {
            if (header(name).Count > 1)
            {
                return OfUser($"it sent {name} more than once");
            }
        }

        string? One(string name) => header(name) is [var value] ? value.Trim(' ') : null;
        var said = One("Auth-Status");
        if ((int)status is < 200 or (>= 300 and < 400) or >= 500)
        {
            return new HttpAnswer.Unusable($"it answered {(int)status}{((int)status is >= 300 and < 400 ? "; redirects are not followed" : "")}", IsOfServer: true);
        }

        if (string.IsNullOrEmpty(said))
        {
            return new HttpAnswer.Unusable($"it answered {(int)status} without Auth-Status (is the URL right?)", IsOfServer: true);
        }

        return said switch
        {
            "OK" when (int)status >= 300 => OfUser($"it answered {(int)status} with Auth-Status: OK"),
            "OK" => ReadAccepted(One),
            "WAIT" => new HttpAnswer.Later(WaitOf(One("Auth-Wait"), longestWait) ?? TimeSpan.Zero),
            _ => ReadRefused(said, One, longestWait),
        };
    }

    private static HttpAnswer.Refused ReadRefused(string said, Func<string, string?> one, TimeSpan longestWait)
    {
        var text = HeaderText.Printable(said, TextLimit);
        var code = one("Auth-Error-Code") is { } given && IsSmtpCode(given) ? given : null;
        var words = new RefusalWords(text.Length > 0 ? text : "Authentication failed.", WaitOf(one("Auth-Wait"), longestWait), code);
        return new HttpAnswer.Refused(words, code is ['4', ..]);
    }

    private static HttpAnswer ReadAccepted(Func<string, string?> one)
    {
        string? user = null;
        if (one("Auth-User") is { Length: > 0 } name)
        {
            if (HeaderText.Octets(name, NameLimit) is not { } octets)
            {
                return OfUser($"it sent an Auth-User that is no user name (UTF-8 without control characters, up to {NameLimit} octets)");
            }

            user = Encoding.UTF8.GetString(octets);
        }

        string? home = null;
        StoreAddress? address = null;
        if (one("Auth-Server") is { Length: > 0 } server)
        {
            if (ReadServer(server, one("Auth-Port"), out home, out address) is { } problem)
            {
                return OfUser(problem);
            }
        }
        else if (one("Auth-Port") is { Length: > 0 })
        {
            return OfUser("it sent Auth-Port without Auth-Server");
        }

        // Last, so that nobody but the caller has to clear it.
        Secret? password = null;
        if (one("Auth-Pass") is { Length: > 0 } given)
        {
            if (HeaderText.Octets(given, PasswordLimit) is not { } octets)
            {
                return OfUser("it sent an Auth-Pass that is no password (UTF-8 without control characters)");
            }

            password = new Secret(octets);
        }

        return new HttpAnswer.Accepted(user, password, home, address);
    }

    private static string? ReadServer(string server, string? port, out string? home, out StoreAddress? address)
    {
        (home, address) = (null, null);
        var host = server is ['[', .., ']'] ? server[1..^1] : server;
        var isAddress = IPAddress.TryParse(host, out var ip);

        // "1" is an address to the parser; no service means 0.0.0.1 by it.
        var isUsable = isAddress
            ? ip!.AddressFamily == AddressFamily.InterNetworkV6 ? !ip.Equals(IPAddress.IPv6Any) : host.Count(character => character == '.') == 3 && !ip.Equals(IPAddress.Any)
            : server == host && IsName(host);
        if (!isUsable)
        {
            return $"it sent Auth-Server: {HeaderText.Printable(server, 100)}, which is neither an address nor a name";
        }

        if (string.IsNullOrEmpty(port))
        {
            home = isAddress ? null : host;
            return isAddress ? $"it sent Auth-Server: {host} without Auth-Port" : null;
        }

        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
        {
            return $"it sent Auth-Port: {HeaderText.Printable(port, 20)}, which is no port";
        }

        address = new StoreAddress(isAddress ? ip!.ToString() : host, number);
        return null;
    }

    // A host name, or a store's id, which may have underscores and is no longer than a label.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= 253 && char.IsAsciiLetterOrDigit(text[0]) && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_');

    // nginx reads digits and nothing else, and takes 0 for "not there".
    private static TimeSpan? WaitOf(string? text, TimeSpan longest)
    {
        if (string.IsNullOrEmpty(text) || !text.All(char.IsAsciiDigit))
        {
            return null;
        }

        var seconds = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
        return seconds == 0 ? null : seconds < longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : longest;
    }

    // RFC 5321 4.2, RFC 3463 2: a refusal's code, and perhaps an enhanced one of the same class.
    private static bool IsSmtpCode(string text)
    {
        var parts = text.Split(' ');
        if (parts.Length > 2 || parts[0] is not ['4' or '5', >= '0' and <= '5', >= '0' and <= '9'])
        {
            return false;
        }

        return parts.Length == 1 || (parts[1].Split('.') is [var kind, var subject, var detail]
            && kind == parts[0][..1] && IsNumber(subject) && IsNumber(detail));
    }

    private static bool IsNumber(string text) => text.Length is >= 1 and <= 3 && text.All(char.IsAsciiDigit);

    private static HttpAnswer.Unusable OfUser(string problem) => new(problem, IsOfServer: false);
}
