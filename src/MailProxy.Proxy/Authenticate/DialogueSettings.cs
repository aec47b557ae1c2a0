using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Authenticate;

/// <summary>What every client dialogue is given besides the wire.</summary>
/// <param name="HostName">Ours, in greetings.</param>
/// <param name="Session">The session, for its TLS state and log line.</param>
/// <param name="Listener">Where it came in.</param>
/// <param name="Tls">For STARTTLS; null: not offered.</param>
/// <param name="Offers">What clients are offered.</param>
/// <param name="ClearText">Who may log in without TLS.</param>
/// <param name="Limits">Bounds.</param>
/// <param name="Deadline">What ends the session before login.</param>
internal sealed record DialogueSettings(
    string HostName, SessionContext Session, ListenerOptions Listener, TlsServerSettings? Tls, ClientOffers Offers, ClearTextPolicy ClearText, LimitOptions Limits,
    SessionDeadline Deadline)
{
    /// <summary>True when a password may be sent on this connection as it is now.</summary>
    public bool MayLogIn => Session.Tls is { IsEncrypted: true } || ClearText switch
    {
        ClearTextPolicy.Always => true,
        ClearTextPolicy.Loopback => Session.Client is { } client && System.Net.IPAddress.IsLoopback(client.Address),
        _ => false,
    };

    /// <summary>True when STARTTLS can be offered now.</summary>
    public bool OffersStartTls => Listener.Tls == ListenerTlsMode.StartTls && Tls is not null && Session.Tls is { IsEncrypted: false };
}
