using System.Globalization;

namespace MailProxy.Protocols.Referrals;

/// <summary>
/// Where a store says that a user lives now.
/// <code>
/// IMAP (RFC 2221, RFC 5092)   NO [REFERRAL imap://user;AUTH=x@host:port/...]   the user percent-encoded
/// POP3 (Dovecot's)            -ERR [REFERRAL/user@host:port]
/// ManageSieve (RFC 5804 1.3)  NO (REFERRAL "sieve://[user@]host:port")         the user percent-encoded; none is the same user
/// SMTP, LMTP (Dovecot's)      550 5.2.900 &lt;user@host:port&gt;
/// </code>
/// </summary>
/// <param name="User">As the store writes it; empty, in ManageSieve only: the one who logs in.</param>
/// <param name="Host">Host name or IP address, without brackets.</param>
/// <param name="Port">TCP port; null: none is said.</param>
public sealed record UserReferral(string User, string Host, int? Port)
{
    private const string ImapCode = "REFERRAL ";
    private const string ImapScheme = "imap://";
    private const string SieveScheme = "sieve://";
    private const string Pop3Code = "REFERRAL/";
    private const string SmtpStatus = "5.2.900 <";

    // RFC 5321 4.5.3.1: 64 octets and 255 around the at sign; RFC 1035 2.3.4: 255 for a host.
    private const int LongestUser = 320;
    private const int LongestHost = 255;

    /// <summary>From an IMAP response code without its brackets; null: it is no referral that says where.</summary>
    public static UserReferral? OfImap(string? code)
    {
        if (code is null || !code.StartsWith(ImapCode, StringComparison.OrdinalIgnoreCase)
            || !code.AsSpan(ImapCode.Length).StartsWith(ImapScheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // RFC 2221 4.1 has one URL; more behind it, of other servers, are not looked at.
        return Parse(AuthorityOf(code[(ImapCode.Length + ImapScheme.Length)..]), isUrl: true);
    }

    /// <summary>From the URL of ManageSieve's REFERRAL; null: it is no referral that says where.</summary>
    public static UserReferral? OfSieve(string? url)
    {
        if (url is null || !url.StartsWith(SieveScheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var authority = AuthorityOf(url[SieveScheme.Length..]);
        return authority.Contains('@', StringComparison.Ordinal) ? Parse(authority, isUrl: true)
            : TryParseHost(authority, out var host, out var port) ? new("", host, port)
            : null;
    }

    /// <summary>From a POP3 response code without its brackets; null: it is no referral that says where.</summary>
    public static UserReferral? OfPop3(string? code) =>
        code is not null && code.StartsWith(Pop3Code, StringComparison.OrdinalIgnoreCase) ? Parse(code[Pop3Code.Length..], isUrl: false) : null;

    /// <summary>From the text of an SMTP or LMTP reply behind its code; null: it is no referral that says where.</summary>
    public static UserReferral? OfSmtp(string? text) =>
        text is not null && text.StartsWith(SmtpStatus, StringComparison.Ordinal) && text.IndexOf('>', StringComparison.Ordinal) is > 0 and var end
            ? Parse(text[SmtpStatus.Length..end], isUrl: false)
            : null;

    /// <inheritdoc/>
    public override string ToString() =>
        Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{User} at {Host}:{port}") : $"{User} at {Host}";

    private static string AuthorityOf(string behindScheme) => behindScheme.IndexOfAny(['/', ' ']) is >= 0 and var end ? behindScheme[..end] : behindScheme;

    private static UserReferral? Parse(string authority, bool isUrl)
    {
        var at = authority.LastIndexOf('@');
        if (at <= 0)
        {
            return null;
        }

        var user = authority[..at];
        if (isUrl)
        {
            // RFC 5092 3.2: ";AUTH=..." behind the user says how to log in; we know how.
            user = Uri.UnescapeDataString(user.IndexOf(';', StringComparison.Ordinal) is >= 0 and var semicolon ? user[..semicolon] : user);
        }

        return TryParseHost(authority[(at + 1)..], out var host, out var port) && IsPlain(user, LongestUser) ? new(user, host, port) : null;
    }

    private static bool TryParseHost(string text, out string host, out int? port)
    {
        // An IPv6 address stands in brackets; POP3's own closing bracket may have cut the port off with them.
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : text.IndexOf(':', StringComparison.Ordinal);
        host = text.StartsWith('[') ? text[1..(end < 0 ? text.Length : end)] : end < 0 ? text : text[..end];
        port = null;
        var rest = end < 0 ? "" : text[end..].TrimStart(']');
        if (rest.Length > 0)
        {
            if (rest[0] != ':' || !int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            {
                return false;
            }

            port = number;
        }

        return host.Length is > 0 and <= LongestHost && Uri.CheckHostName(host) != UriHostNameType.Unknown;
    }

    private static bool IsPlain(string text, int limit) => text.Length > 0 && text.Length <= limit && !text.Any(char.IsControl);
}
