using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/health/</c>.</summary>
internal sealed class HealthHandler(AgentState state, NodeInfo node) : IAgentEndpoint
{
    public string Path => "/v1/health/";

    public Task<AgentReply> AnswerAsync(AgentRequest request)
    {
        var parts = request.Rest.Split('/', 2);
        var name = parts.Length > 1 ? parts[1] : "";
        return (parts[0], request.IsGet) switch
        {
            (_, false) => Task.FromResult(AgentReply.MethodNotAllowed(request.Method)),
            ("service", _) when name.Length == 0 => Task.FromResult(AgentReply.Text(400, "Missing service name")),
            ("service", _) => ServiceAsync(request, name),
            ("checks", _) => ChecksAsync(request, c => c.ServiceName == name),
            ("state", _) => ChecksAsync(request, c => name == "any" || c.Status == name),
            ("node", _) => ChecksAsync(request, c => c.Node == name),
            _ => Task.FromResult(AgentReply.Text(404, "404 page not found")),
        };
    }

    private async Task<AgentReply> ServiceAsync(AgentRequest request, string name)
    {
        if (request.Blocking(out var blocking) is { } error)
        {
            return error;
        }

        var passing = request.Has("passing");
        var (instances, index) = await state.ReadAsync(
            s => (Instances(s.Catalog, name, passing, request.Text("tag")), s.Catalog.IndexOf(name)),
            t => t == new Topic(TopicKind.Service, name), blocking, request.Gone);
        return AgentReply.Json(instances, ConsulJson.Default.ListServiceHealth, index);
    }

    private List<ServiceHealth> Instances(ServiceTable catalog, string name, bool passing, string? tag) =>
    [
        .. catalog.Instances(name)
            .Where(s => tag is null || (s.Tags ?? []).Contains(tag))
            .Select(s => new ServiceHealth { Node = node, Service = s, Checks = [.. catalog.ChecksOf(s.Id)] })
            .Where(h => !passing || h.Checks.All(c => c.Status == HealthStatus.Passing)),
    ];

    private async Task<AgentReply> ChecksAsync(AgentRequest request, Func<HealthCheck, bool> wanted)
    {
        if (request.Blocking(out var blocking) is { } error)
        {
            return error;
        }

        var (checks, index) = await state.ReadAsync(
            s => ((List<HealthCheck>)[.. s.Catalog.Checks.Values.Select(c => c.Check).Where(wanted)], Math.Max(1, s.Catalog.LastIndex)),
            t => t.Kind == TopicKind.Service, blocking, request.Gone);
        return AgentReply.Json(checks, ConsulJson.Default.ListHealthCheck, index);
    }
}
