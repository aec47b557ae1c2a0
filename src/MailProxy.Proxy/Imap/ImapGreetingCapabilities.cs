using MailProxy.Proxy.Authenticate;

namespace MailProxy.Proxy.Imap;

/// <summary>What we offer before login (RFC 9051 6.1.1), made once for each state of a connection: every greeting carries it.</summary>
/// <param name="mechanisms">SASL mechanisms offered.</param>
internal sealed class ImapGreetingCapabilities(SaslMechanisms mechanisms)
{
    private readonly string[] _texts =
    [
        Compose(mechanisms, false, false), Compose(mechanisms, false, true), Compose(mechanisms, true, false), Compose(mechanisms, true, true),
    ];

    /// <summary>The list without the word CAPABILITY.</summary>
    public string Of(bool offersStartTls, bool mayLogIn) => _texts[(offersStartTls ? 2 : 0) + (mayLogIn ? 1 : 0)];

    private static string Compose(SaslMechanisms mechanisms, bool offersStartTls, bool mayLogIn) => string.Concat(
        "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE",
        offersStartTls ? " STARTTLS" : "",
        mayLogIn ? string.Concat(mechanisms.Names.Select(name => " AUTH=" + name)) : " LOGINDISABLED");
}
