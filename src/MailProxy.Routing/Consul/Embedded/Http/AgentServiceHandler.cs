using MailProxy.Routing.Consul.Embedded.Checks;
using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/agent/service/</c>.</summary>
internal sealed class AgentServiceHandler(AgentState state, CheckLoops loops, string node, TimeProvider time) : IAgentEndpoint
{
    // Consul's id of the check that maintenance mode adds.
    private const string MaintenancePrefix = "_service_maintenance:";

    public string Path => "/v1/agent/service/";

    public Task<AgentReply> AnswerAsync(AgentRequest request)
    {
        var parts = request.Rest.Split('/', 2);
        var id = parts.Length > 1 ? parts[1] : "";
        return (parts[0], request.IsPut, request.IsGet) switch
        {
            ("register", true, _) => RegisterAsync(request),
            ("deregister", true, _) => Task.FromResult(Deregister(id)),
            ("maintenance", true, _) => Task.FromResult(Maintain(id, request)),
            ("register" or "deregister" or "maintenance", _, _) => Task.FromResult(AgentReply.MethodNotAllowed(request.Method)),
            (_, _, true) => Task.FromResult(Get(request.Rest)),
            _ => Task.FromResult(AgentReply.MethodNotAllowed(request.Method)),
        };
    }

    private AgentReply Get(string id) => state.Current.Catalog.Services.TryGetValue(id, out var service)
        ? AgentReply.Json(service with { CreateIndex = 0, ModifyIndex = 0 }, ConsulJson.Default.AgentService)
        : AgentReply.Text(404, $"unknown service ID: {id}");

    private async Task<AgentReply> RegisterAsync(AgentRequest request)
    {
        var (definition, error) = await request.JsonAsync(ConsulJson.Default.ServiceDefinition);
        if (definition is null)
        {
            return error!;
        }

        if (definition.Name.Length == 0)
        {
            return AgentReply.Text(400, "Missing service name");
        }

        var service = new AgentService
        {
            Id = definition.Id.Length == 0 ? definition.Name : definition.Id,
            Service = definition.Name,
            Tags = definition.Tags,
            Meta = definition.Meta,
            Address = definition.Address,
            Port = definition.Port,
            Weights = definition.Weights ?? new ServiceWeights(),
        };
        List<CheckDefinition> checks = definition.Check is { } one ? [.. definition.Checks, one] : [.. definition.Checks];
        if (checks.Select(CheckFactory.Problem).FirstOrDefault(p => p is not null) is { } problem)
        {
            return AgentReply.Text(400, $"Invalid check: {problem}");
        }

        var replace = request.Has("replace-existing-checks");
        var registered = state.Change(s =>
        {
            if (s.Catalog.Services.Count >= EmbeddedLimits.MaxRegistrations && !s.Catalog.Services.ContainsKey(service.Id))
            {
                return (s, false);
            }

            var records = CheckFactory.ForService(s.Catalog, service, checks, node, time.GetUtcNow());
            return (ServiceWrites.Register(s, service, records, replace), true);
        });
        loops.Reconcile();
        return registered ? AgentReply.Empty() : AgentReply.Failure($"the embedded agent holds {EmbeddedLimits.MaxRegistrations} services and takes no more");
    }

    private AgentReply Deregister(string id)
    {
        var known = state.Change(s => (ServiceWrites.Deregister(s, id), s.Catalog.Services.ContainsKey(id)));
        loops.Reconcile();
        return known ? AgentReply.Empty() : AgentReply.Failure($"Unknown service \"{id}\"");
    }

    private AgentReply Maintain(string id, AgentRequest request)
    {
        if (request.Text("enable") is not { } text || !bool.TryParse(text, out var enable))
        {
            return AgentReply.Text(400, "Missing value for enable");
        }

        var reason = request.Text("reason") ?? "Maintenance mode is enabled for this service, but no reason was provided.";
        var checkId = MaintenancePrefix + id;
        var known = state.Change(s => s.Catalog.Services.TryGetValue(id, out var service)
            ? (enable
                ? ServiceWrites.SetCheck(s, CheckFactory.Maintenance(checkId, service, node, reason))
                : ServiceWrites.RemoveCheck(s, checkId), true)
            : (s, false));
        return known ? AgentReply.Empty() : AgentReply.Text(404, $"Unknown service \"{id}\"");
    }
}
