namespace MailProxy.Routing.Consul.Registration;

/// <summary>What a proxy node tells Consul about itself.</summary>
public sealed record ProxyRegistrationOptions
{
    /// <summary>Node id, unique in the cluster; also the id of the Consul service.</summary>
    public required string NodeId { get; init; }

    /// <summary>Host name or IP address where load balancers reach it.</summary>
    public required string Address { get; init; }

    /// <summary>Port for <see cref="Address"/>; 0: none in particular.</summary>
    public int Port { get; init; }

    /// <summary>URL of <c>/readyz</c> as the agent reaches it.</summary>
    public required Uri Readiness { get; init; }

    /// <summary>Between two looks at it.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Metadata, e.g. <c>version</c> and ports.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();
}
