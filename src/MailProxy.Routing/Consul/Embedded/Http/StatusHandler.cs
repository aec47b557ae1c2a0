namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary><c>/v1/status/</c>: one server, which leads.</summary>
internal sealed class StatusHandler : IAgentEndpoint
{
    // Consul's Raft port; nobody listens there.
    private const string RaftAddress = "127.0.0.1:8300";

    public string Path => "/v1/status/";

    public Task<AgentReply> AnswerAsync(AgentRequest request) => Task.FromResult(request.Rest switch
    {
        _ when !request.IsGet => AgentReply.MethodNotAllowed(request.Method),
        "leader" => AgentReply.Json(RaftAddress, ConsulJson.Default.String),
        "peers" => AgentReply.Json([RaftAddress], ConsulJson.Default.ListString),
        _ => AgentReply.Text(404, "404 page not found"),
    });
}
