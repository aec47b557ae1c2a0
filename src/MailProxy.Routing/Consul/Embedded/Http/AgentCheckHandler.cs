using MailProxy.Routing.Consul.Embedded.Checks;
using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/agent/check/</c>.</summary>
internal sealed class AgentCheckHandler(AgentState state, CheckLoops loops, string node, TimeProvider time) : IAgentEndpoint
{
    public string Path => "/v1/agent/check/";

    public async Task<AgentReply> AnswerAsync(AgentRequest request)
    {
        var parts = request.Rest.Split('/', 2);
        var id = parts.Length > 1 ? parts[1] : "";
        if (!request.IsPut)
        {
            return AgentReply.MethodNotAllowed(request.Method);
        }

        return parts[0] switch
        {
            "register" => await RegisterAsync(request),
            "deregister" => Deregister(id),
            "pass" => Update(id, new CheckUpdate(HealthStatus.Passing, request.Text("note") ?? "")),
            "warn" => Update(id, new CheckUpdate(HealthStatus.Warning, request.Text("note") ?? "")),
            "fail" => Update(id, new CheckUpdate(HealthStatus.Critical, request.Text("note") ?? "")),
            "update" => await UpdateAsync(id, request),
            _ => AgentReply.Text(404, "404 page not found"),
        };
    }

    private async Task<AgentReply> RegisterAsync(AgentRequest request)
    {
        var (definition, error) = await request.JsonAsync(ConsulJson.Default.CheckDefinition);
        if (definition is null)
        {
            return error!;
        }

        if (definition.Name.Length == 0)
        {
            return AgentReply.Text(400, "Missing check name");
        }

        if (CheckFactory.Problem(definition) is { } problem)
        {
            return AgentReply.Text(400, $"Invalid check: {problem}");
        }

        var registered = state.Change(s => CheckFactory.Alone(s.Catalog, definition, node, time.GetUtcNow()) is { } check
            ? (ServiceWrites.SetCheck(s, check), true)
            : (s, false));
        loops.Reconcile();
        return registered ? AgentReply.Empty() : AgentReply.Failure($"ServiceID \"{definition.ServiceId}\" does not exist");
    }

    private AgentReply Deregister(string id)
    {
        var known = state.Change(s => (ServiceWrites.RemoveCheck(s, id), s.Catalog.Checks.ContainsKey(id)));
        loops.Reconcile();
        return known ? AgentReply.Empty() : AgentReply.Failure($"Unknown check \"{id}\"");
    }

    private async Task<AgentReply> UpdateAsync(string id, AgentRequest request)
    {
        var (update, error) = await request.JsonAsync(ConsulJson.Default.CheckUpdate);
        return update is null ? error!
            : update.Status is HealthStatus.Passing or HealthStatus.Warning or HealthStatus.Critical ? Update(id, update)
            : AgentReply.Text(400, $"Invalid check status: '{update.Status}'");
    }

    private AgentReply Update(string id, CheckUpdate update)
    {
        var problem = state.Change(s => s.Catalog.Checks.TryGetValue(id, out var check)
            ? CheckFactory.Ttl(check.Definition) is { } ttl
                ? (ServiceWrites.SetCheck(s, CheckFactory.Judged(check, update, time.GetUtcNow()) with { Deadline = time.GetUtcNow() + ttl }), null)
                : (s, $"CheckID \"{id}\" does not have associated TTL")
            : (s, $"Unknown check \"{id}\""));
        return problem is null ? AgentReply.Empty() : AgentReply.Failure(problem);
    }
}
