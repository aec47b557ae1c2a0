using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary><c>/v1/health</c>.</summary>
internal sealed class HealthEndpoint(ConsulHttp http) : IConsulHealth
{
    public async Task<ConsulAnswer<IReadOnlyList<ServiceHealth>>> ServiceAsync(string name, ConsulQuery query, CancellationToken cancellationToken)
    {
        var reply = await http.ReadAsync("health/service/" + ConsulKey.Escape(name), "", query, cancellationToken);
        var found = reply.Require().Json(ConsulJson.Default.ListServiceHealth);
        return new ConsulAnswer<IReadOnlyList<ServiceHealth>>(found, reply.Index, found.Count != 0, reply.KnownLeader);
    }
}
