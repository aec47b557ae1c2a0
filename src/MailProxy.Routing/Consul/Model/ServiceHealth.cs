namespace MailProxy.Routing.Consul.Model;

/// <summary>One instance in the answer of <c>/v1/health/service/name</c>: where it is and what its checks and its node's say.</summary>
public sealed record ServiceHealth
{
    /// <summary>The node it runs on.</summary>
    public NodeInfo Node { get; init => field = value ?? new(); } = new();

    /// <summary>The instance.</summary>
    public AgentService Service { get; init => field = value ?? new(); } = new();

    /// <summary>Its checks and the node's.</summary>
    public IReadOnlyList<HealthCheck> Checks { get; init => field = value ?? []; } = [];
}
