namespace MailProxy.Routing.Consul.Client;

/// <summary><c>/v1/status</c>.</summary>
internal sealed class StatusEndpoint(ConsulHttp http) : IConsulStatus
{
    public async Task<string> LeaderAsync(CancellationToken cancellationToken) =>
        (await http.SendAsync(HttpMethod.Get, "status/leader", "", null, cancellationToken)).Require().Json(ConsulJson.Default.String);

    public async Task<IReadOnlyList<string>> PeersAsync(CancellationToken cancellationToken) =>
        (await http.SendAsync(HttpMethod.Get, "status/peers", "", null, cancellationToken)).Require().Json(ConsulJson.Default.ListString);
}
