using System.Security.Cryptography.X509Certificates;
using MailProxy.Transport.Tls.Tickets;

namespace MailProxy.Transport.Tls;

/// <summary>What a listener needs to serve TLS. Immutable: a reload makes a new one, sessions keep theirs.</summary>
/// <param name="Certificates">With private keys; the first is the default, SNI picks among them by DNS name (wildcards included).</param>
/// <param name="ApplicationProtocols">ALPN names we speak; empty: ALPN is not negotiated. A client that offers others only is refused.</param>
/// <param name="ClientAuthorities">CAs for client certificates; null: none is asked for.</param>
/// <param name="RequireClientCertificate">Refuse clients without a verified certificate.</param>
/// <param name="Intermediates">CA certificates to send along with our own, as a <c>fullchain.pem</c> holds them; null: none.</param>
/// <param name="TicketKeys">
/// For session tickets, which all listeners and nodes with the same keys, certificate and policy accept; null: keys of these settings alone.
/// Transports that cannot be given keys (SslStream) always have their own.
/// </param>
public sealed record TlsServerSettings(
    IReadOnlyList<X509Certificate2> Certificates,
    IReadOnlyList<string> ApplicationProtocols,
    X509Certificate2Collection? ClientAuthorities = null,
    bool RequireClientCertificate = false,
    X509Certificate2Collection? Intermediates = null,
    TicketKeys? TicketKeys = null);
