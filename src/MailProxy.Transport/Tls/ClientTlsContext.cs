using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>What SslStream derives from one <see cref="TlsClientSettings"/>, kept as long as those live.</summary>
internal sealed class ClientTlsContext
{
    private static readonly ConditionalWeakTable<TlsClientSettings, ClientTlsContext> Known = [];

    private readonly TlsClientSettings _settings;
    private readonly SslStreamCertificateContext? _certificate;
    private readonly List<SslApplicationProtocol>? _protocols;

    private ClientTlsContext(TlsClientSettings settings)
    {
        _settings = settings;
        _certificate = settings.ClientCertificate is null ? null : SslStreamCertificateContext.Create(settings.ClientCertificate, null, offline: true);
        _protocols = settings.ApplicationProtocol is null ? null : [new SslApplicationProtocol(settings.ApplicationProtocol)];
    }

    /// <summary>The context of these settings.</summary>
    public static ClientTlsContext Of(TlsClientSettings settings) => Known.GetValue(settings, static key => new ClientTlsContext(key));

    /// <summary>Options for one handshake.</summary>
    public SslClientAuthenticationOptions Options(DateTimeOffset now, RemoteCertificateValidationCallback verifyServer) => new()
    {
        TargetHost = _settings.TargetHost,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateContext = _certificate,
        ApplicationProtocols = _protocols,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ChainPolicies.For(_settings.Authorities, now),
        RemoteCertificateValidationCallback = verifyServer,
    };
}
