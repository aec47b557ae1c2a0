namespace MailProxy.Routing.Consul.Embedded.Http;

/// <summary>One part of the API.</summary>
internal interface IAgentEndpoint
{
    /// <summary>Path it serves, e.g. <c>/v1/kv/</c>.</summary>
    string Path { get; }

    /// <summary>Answers.</summary>
    Task<AgentReply> AnswerAsync(AgentRequest request);
}
