using MailProxy.Directory;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;

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
/// <param name="Directory">Asked for what SCRAM needs.</param>
/// <param name="CertificateName">Which name of a client certificate is the user's.</param>
/// <param name="Served">The connection, for the limits by address.</param>
/// <param name="Logger">For sessions.</param>
internal sealed record DialogueSettings(
    string HostName, SessionContext Session, ListenerOptions Listener, TlsServerSettings? Tls, ClientOffers Offers, ClearTextPolicy ClearText, LimitOptions Limits,
    SessionDeadline Deadline, IUserDirectory Directory, CertificateNameRule CertificateName, ServedConnection Served, ILogger Logger)
{
    /// <summary>True when a password may be sent on this connection as it is now.</summary>
    public bool MayLogIn => Session.IsPrivate || ClearText switch
    {
        ClearTextPolicy.Always => true,
        ClearTextPolicy.Loopback => Session.Client is { } client && System.Net.IPAddress.IsLoopback(client.Address),
        _ => false,
    };

    /// <summary>What decides now what is offered.</summary>
    public OfferState Offered =>
        (OffersStartTls ? OfferState.StartTls : OfferState.None)
        | (MayLogIn ? OfferState.MayLogIn : OfferState.None)
        | (Session.Tls is { CanBind: true } ? OfferState.CanBind : OfferState.None)
        | (Session.Tls is { VerifiedPeerCertificate: not null } ? OfferState.HasCertificate : OfferState.None);

    /// <summary>True when STARTTLS can be offered now.</summary>
    public bool OffersStartTls => Listener.Tls == ListenerTlsMode.StartTls && Tls is not null && !Session.IsPrivate && Session.Tls is { IsEncrypted: false };
}
