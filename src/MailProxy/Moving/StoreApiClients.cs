using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Proxy.Connect;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Moves;
using MailProxy.Store.Moves.Api;

namespace MailProxy.Moving;

/// <summary>Clients of the stores' move API, with the proxy's own certificate and the authorities it trusts for stores.</summary>
internal sealed class StoreApiClients(StoreTlsIdentity identity) : IDisposable
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    // A hold answers when the last session has ended, a pull's poll waits for a second: a minute is a store that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<Uri, HttpClient> _clients = [];

    /// <summary>The client for one store.</summary>
    public StoreMoveClient For(StoreNode node)
    {
        var address = BaseOf(node);
        lock (_clients)
        {
            if (!_clients.TryGetValue(address, out var http))
            {
                _clients[address] = http = Create(address);
            }

            return new StoreMoveClient(http);
        }
    }

    /// <summary>Where a store's API is: its HTTP listener, with TLS.</summary>
    /// <exception cref="MoveException">It has none.</exception>
    public static Uri BaseOf(StoreNode node) => node.Ports.TryGetValue(StoreService.Http, out var port)
        ? new UriBuilder(Uri.UriSchemeHttps, node.Address, port).Uri
        : throw new MoveException($"{node.Id} registers no http port, so it cannot be asked to move anybody. For stores of another kind give --via COMMAND.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var http in _clients.Values)
        {
            http.Dispose();
        }
    }

    private HttpClient Create(Uri address)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = Connect,
            SslOptions = new SslClientAuthenticationOptions { TargetHost = address.Host },
        };
        if (identity.ClientCertificate is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        if (identity.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return new HttpClient(handler) { BaseAddress = address, Timeout = Patience };
    }
}
