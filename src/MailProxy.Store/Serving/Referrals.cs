using System.Globalization;

namespace MailProxy.Store.Serving;

/// <summary>Where a user is now, as each protocol says it.</summary>
internal static class Referrals
{
    /// <summary>RFC 2221 with a URL of RFC 5092: its user name has no bare <c>@</c>.</summary>
    public static string Imap(string user, string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"[REFERRAL imap://{Uri.EscapeDataString(user)}@{Bracketed(host)}:{port}/]");

    /// <summary>Dovecot's form.</summary>
    public static string Pop3(string user, string host, int port) => string.Create(CultureInfo.InvariantCulture, $"[REFERRAL/{user}@{Bracketed(host)}:{port}]");

    /// <summary>Dovecot's form, behind <c>550 5.2.900</c>.</summary>
    public static string Lmtp(string user, string host, int port) => string.Create(CultureInfo.InvariantCulture, $"<{user}@{Bracketed(host)}:{port}>");

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}
