using MailProxy.Proxy.Authenticate;

namespace MailProxy.Proxy.Imap;

/// <summary>What we offer before login (RFC 9051 6.1.1), made once for each state of a connection: every greeting carries it.</summary>
internal static class ImapGreetingCapabilities
{
    private static readonly string[] Texts = [Compose(false, false), Compose(false, true), Compose(true, false), Compose(true, true)];

    /// <summary>The list without the word CAPABILITY.</summary>
    public static string Of(bool offersStartTls, bool mayLogIn) => Texts[(offersStartTls ? 2 : 0) + (mayLogIn ? 1 : 0)];

    private static string Compose(bool offersStartTls, bool mayLogIn) => string.Concat(
        "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE",
        offersStartTls ? " STARTTLS" : "",
        mayLogIn ? string.Concat(SaslExchange.Mechanisms.Select(name => " AUTH=" + name)) : " LOGINDISABLED");
}
