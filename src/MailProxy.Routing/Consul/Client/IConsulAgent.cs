using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary>The local agent: what runs on this node. Registration is local first: it succeeds without quorum and is synchronised later.</summary>
public interface IConsulAgent
{
    /// <summary>Registers or replaces a service with its checks. Idempotent.</summary>
    Task RegisterServiceAsync(ServiceDefinition service, CancellationToken cancellationToken);

    /// <summary>Removes a service; also well when the agent does not know it.</summary>
    Task DeregisterServiceAsync(string serviceId, CancellationToken cancellationToken);

    /// <summary>A service of this agent; null when it does not know it (any more).</summary>
    Task<AgentService?> ServiceAsync(string serviceId, CancellationToken cancellationToken);

    /// <summary>Reports to a TTL check. A check that the agent does not know is a permanent fault: register again.</summary>
    Task UpdateCheckAsync(string checkId, CheckUpdate update, CancellationToken cancellationToken);
}
