using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/catalog/</c>, for people with curl: names of services, and the one node.</summary>
internal sealed class CatalogHandler(AgentState state, NodeInfo node) : IAgentEndpoint
{
    public string Path => "/v1/catalog/";

    public Task<AgentReply> AnswerAsync(AgentRequest request) => request.Rest switch
    {
        _ when !request.IsGet => Task.FromResult(AgentReply.MethodNotAllowed(request.Method)),
        "services" => ServicesAsync(request),
        "nodes" => Task.FromResult(AgentReply.Json([node], ConsulJson.Default.ListNodeInfo, Math.Max(1, state.Current.Catalog.LastIndex))),
        "datacenters" => Task.FromResult(AgentReply.Json([node.Datacenter], ConsulJson.Default.ListString)),
        _ => Task.FromResult(AgentReply.Text(404, "404 page not found")),
    };

    private async Task<AgentReply> ServicesAsync(AgentRequest request)
    {
        if (request.Blocking(out var blocking) is { } error)
        {
            return error;
        }

        var (services, index) = await state.ReadAsync(
            s => (Names(s.Catalog), Math.Max(1, s.Catalog.LastIndex)), t => t.Kind == TopicKind.Service, blocking, request.Gone);
        return AgentReply.Json(services, ConsulJson.Default.DictionaryStringIReadOnlyListString, index);
    }

    private static Dictionary<string, IReadOnlyList<string>> Names(ServiceTable catalog) => catalog.Services.Values
        .GroupBy(s => s.Service)
        .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.SelectMany(s => s.Tags ?? []).Distinct()]);
}
