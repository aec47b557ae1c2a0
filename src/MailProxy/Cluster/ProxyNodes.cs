using System.Net;
using MailProxy.Configuration;
using MailProxy.Http.Admin;
using MailProxy.Nodes;
using MailProxy.Nodes.Admin;
using MailProxy.Routing;
using MailProxy.Routing.Consul.Operators;
using MailProxy.Transport.Tls;

namespace MailProxy.Cluster;

/// <summary>The proxies of the cluster, for operators' commands: found through Consul, asked by their admin API, all at once.</summary>
internal sealed class ProxyNodes : IDisposable
{
    // A node answers in milliseconds; one that does not within this is not going to.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ProxyConfig _config;
    private readonly AdminClient _client;

    /// <summary>Reads token and certificates. Errors: <see cref="CertificateFileException"/>, and ConsulException for an address that cannot be understood.</summary>
    public ProxyNodes(ProxyConfig config)
    {
        _config = config;
        var admin = config.Admin;
        _client = new AdminClient(new AdminClientSettings(
            admin.TokenFile.Length == 0 ? null : AdminTokenFile.Load(admin.TokenFile),
            admin.Authorities.Length == 0 ? null : PemFiles.LoadCertificates(admin.Authorities),
            admin.OperatorCertificate.Length == 0 ? null : PemFiles.LoadWithKey(admin.OperatorCertificate, admin.OperatorKey),
            Patience));
        Desk = config.Routing.Mode == RoutingMode.Consul ? new OperatorDesk(config.Consul, TimeProvider.System) : null;
    }

    /// <summary>Consul; null: the configuration has none.</summary>
    public OperatorDesk? Desk { get; }

    /// <summary>Every live proxy; without Consul the one of the configuration. Errors: ConsulException.</summary>
    public async Task<IReadOnlyList<ProxyListing>> ListAsync(CancellationToken cancellationToken) => Desk is not null
        ? await Desk.ProxiesAsync(cancellationToken)
        : [new ProxyListing(
            _config.Node.Name, null, null, 0,
            _config.Admin.IsOn ? new Uri(ProxyAddresses.AdminUrl(_config.Admin, new IPEndPoint(IPAddress.Parse(_config.Admin.Address), _config.Admin.Port), _config.Node)) : null)];

    /// <summary>Asks all of them at once, or one.</summary>
    /// <param name="only">Its name; null: all.</param>
    /// <param name="ask">One question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>In the order of their names; empty when there is none of this name, or none at all.</returns>
    public async Task<IReadOnlyList<NodeAnswer<T>>> AskAsync<T>(
        string? only, Func<AdminClient, Uri, CancellationToken, Task<AdminAnswer<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        var proxies = await ListAsync(cancellationToken);
        return await Task.WhenAll(proxies.Where(proxy => only is null || proxy.Node == only).Select(async proxy =>
        {
            if (proxy.Admin is null)
            {
                return new NodeAnswer<T>(proxy, null, "it has no admin API: set Admin:Port in its configuration");
            }

            var answer = await ask(_client, proxy.Admin, cancellationToken);
            return new NodeAnswer<T>(proxy, answer.Value, answer.Value is null ? answer.Problem ?? "it said nothing" : null);
        }));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        Desk?.Dispose();
    }
}
