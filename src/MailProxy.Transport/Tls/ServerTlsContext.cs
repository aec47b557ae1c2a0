using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>
/// What SslStream derives from one <see cref="TlsServerSettings"/>, kept as long as those live. Each settings object has certificate
/// contexts of its own, so a session ticket is never good under another client-CA policy (CVE-2025-23419).
/// </summary>
internal sealed class ServerTlsContext
{
    private static readonly ConditionalWeakTable<TlsServerSettings, ServerTlsContext> Known = [];

    private readonly TlsServerSettings _settings;
    private readonly CertificateTable<SslStreamCertificateContext> _certificates;
    private readonly List<SslApplicationProtocol>? _protocols;

    private ServerTlsContext(TlsServerSettings settings)
    {
        _settings = settings;
        _protocols = settings.ApplicationProtocols.Count == 0 ? null : [.. settings.ApplicationProtocols.Select(name => new SslApplicationProtocol(name))];
        _certificates = new(settings, certificate => SslStreamCertificateContext.Create(certificate, settings.Intermediates, offline: true));
    }

    /// <summary>The context of these settings.</summary>
    public static ServerTlsContext Of(TlsServerSettings settings) => Known.GetValue(settings, static key => new ServerTlsContext(key));

    /// <summary>The certificate for a name that a client asks for; null: for none.</summary>
    public SslStreamCertificateContext Pick(string? serverName) => _certificates.Pick(serverName);

    /// <summary>Options for one handshake.</summary>
    public SslServerAuthenticationOptions OptionsFor(string? serverName, DateTimeOffset now, RemoteCertificateValidationCallback verifyClient)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Pick(serverName),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = _protocols,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // A resumed session skips the check of the client's certificate, so where one is asked for, each handshake is a full one.
            AllowTlsResume = _settings.ClientAuthorities is null,
        };
        if (_settings.ClientAuthorities is not null)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = ChainPolicies.For(_settings.ClientAuthorities, now);
            options.RemoteCertificateValidationCallback = verifyClient;
        }

        return options;
    }
}
