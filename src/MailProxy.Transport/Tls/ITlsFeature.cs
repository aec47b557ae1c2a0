using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>
/// Becomes TLS on a connection that is in clear: at once (implicit TLS) or after STARTTLS. On success the connection's
/// <c>Transport</c> carries plain text again, so whoever held its Input or Output must fetch them anew.
/// </summary>
public interface ITlsFeature
{
    /// <summary>True after a successful upgrade.</summary>
    bool IsEncrypted { get; }

    /// <summary>TLS 1.2 or 1.3; None while in clear.</summary>
    SslProtocols Protocol { get; }

    /// <summary>The cipher suite's IANA name; empty while in clear.</summary>
    string CipherSuite { get; }

    /// <summary>SNI as the client sent it (server side), or null.</summary>
    string? ServerName { get; }

    /// <summary>ALPN's outcome, or null.</summary>
    string? ApplicationProtocol { get; }

    /// <summary>The handshake resumed an earlier session, so it exchanged no certificates; null while in clear and where the TLS library does not tell (SslStream).</summary>
    bool? IsResumed { get; }

    /// <summary>The peer's certificate when it presented one and it was verified against the configured CA; otherwise null.</summary>
    X509Certificate2? VerifiedPeerCertificate { get; }

    /// <summary>True when <see cref="ChannelBinding"/> knows <see cref="ChannelBindings.Exporter"/>: without it, channel binding is not to be offered (RFC 9266 3). SslStream has no exporter.</summary>
    bool CanBind => false;

    /// <summary>A channel binding of this connection; null: there is none of this type (of the server's certificate only on the server's side). On the connection's own thread, while it is open.</summary>
    /// <param name="type"><see cref="ChannelBindings.Exporter"/> or <see cref="ChannelBindings.ServerEndPoint"/>; null of any other.</param>
    byte[]? ChannelBinding(string type) => null;

    /// <summary>Handshake as server. Bytes that were received in clear and not yet consumed end it: <see cref="TlsOutcome.BytesBehindUpgrade"/>.</summary>
    ValueTask<TlsOutcome> BecomeServerAsync(TlsServerSettings settings, CancellationToken cancellationToken);

    /// <summary>Handshake as client; same rule for bytes left over.</summary>
    ValueTask<TlsOutcome> BecomeClientAsync(TlsClientSettings settings, CancellationToken cancellationToken);
}
