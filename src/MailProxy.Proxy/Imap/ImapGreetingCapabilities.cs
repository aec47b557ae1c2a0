using MailProxy.Proxy.Authenticate;

namespace MailProxy.Proxy.Imap;

/// <summary>What we offer before login (RFC 9051 6.1.1), made once for each state of a connection: every greeting carries it.</summary>
/// <param name="mechanisms">SASL mechanisms offered.</param>
internal sealed class ImapGreetingCapabilities(SaslMechanisms mechanisms)
{
    private readonly string[] _texts = [.. Enumerable.Range(0, (int)OfferState.All + 1).Select(state => Compose(mechanisms, (OfferState)state))];

    /// <summary>The list without the word CAPABILITY.</summary>
    public string Of(OfferState state) => _texts[(int)state];

    private static string Compose(SaslMechanisms mechanisms, OfferState state) => string.Concat(
        "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE",
        state.HasFlag(OfferState.StartTls) ? " STARTTLS" : "",
        state.HasFlag(OfferState.MayLogIn) ? string.Concat(mechanisms.On(state).Select(name => " AUTH=" + name)) : " LOGINDISABLED");
}
