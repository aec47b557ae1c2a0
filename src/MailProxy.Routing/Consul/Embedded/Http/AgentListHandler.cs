using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/agent/services</c> and <c>/v1/agent/checks</c>.</summary>
internal sealed class AgentListHandler(AgentState state) : IAgentEndpoint
{
    public string Path => "/v1/agent/";

    public Task<AgentReply> AnswerAsync(AgentRequest request) => Task.FromResult(request.Rest switch
    {
        _ when !request.IsGet => AgentReply.MethodNotAllowed(request.Method),
        "services" => AgentReply.Json(
            state.Current.Catalog.Services.ToDictionary(s => s.Key, s => s.Value with { CreateIndex = 0, ModifyIndex = 0 }),
            ConsulJson.Default.DictionaryStringAgentService),
        "checks" => AgentReply.Json(Checks(state.Current.Catalog), ConsulJson.Default.DictionaryStringHealthCheck),
        _ => AgentReply.Text(404, "404 page not found"),
    });

    private static Dictionary<string, HealthCheck> Checks(ServiceTable catalog) =>
        catalog.Checks.ToDictionary(c => c.Key, c => c.Value.Check with { CreateIndex = 0, ModifyIndex = 0 });
}
