using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Configuration;
using MailProxy.Http.Admin;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes.Admin;

/// <summary>Who is let in at the admin API: token and certificates, followed while the node runs.</summary>
internal sealed class AdminAccess : IDisposable
{
    private readonly FollowedFile<AdminToken>? _token;
    private readonly ServerTlsFiles? _tls;

    /// <summary>Reads the files. Errors: <see cref="CertificateFileException"/>.</summary>
    public AdminAccess(AdminOptions options, ILogger logger, TimeProvider time)
    {
        _token = options.TokenFile.Length == 0 ? null : new FollowedFile<AdminToken>(options.TokenFile, AdminTokenFile.Load, logger, time);
        _tls = options.ToTls() is { } tls ? new ServerTlsFiles(tls, logger, time) : null;
    }

    /// <summary>The token that is asked for; null: none.</summary>
    public AdminToken? Token => _token?.Current;

    /// <summary>For handshakes; null: in clear.</summary>
    public Func<SslServerAuthenticationOptions>? Tls => _tls is null ? null : Handshake;

    /// <summary>Reads the files now.</summary>
    public void Reload()
    {
        _token?.Reload();
        _tls?.Reload();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _token?.Dispose();
        _tls?.Dispose();
    }

    private SslServerAuthenticationOptions Handshake()
    {
        var options = new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ServerCertificateContext = _tls!.Tls.CertificateFor(null),
        };
        if (_tls.Tls.Current.ClientAuthorities is { } authorities)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                TrustMode = X509ChainTrustMode.CustomRootTrust,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);

            // A resumed session would not be judged by authorities that were replaced meanwhile.
            options.AllowTlsResume = false;
        }

        return options;
    }
}
