using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>What a store leg needs to dial with TLS.</summary>
/// <param name="TargetHost">Name for SNI and for verification.</param>
/// <param name="Authorities">Trusted CAs; null: the system's.</param>
/// <param name="ClientCertificate">With private key, for SASL EXTERNAL; null: none.</param>
/// <param name="ApplicationProtocol">ALPN to offer, or null.</param>
public sealed record TlsClientSettings(
    string TargetHost,
    X509Certificate2Collection? Authorities,
    X509Certificate2? ClientCertificate,
    string? ApplicationProtocol = null);
