namespace MailProxy.Routing.Consul.Client;

/// <summary>The state of the cluster.</summary>
public interface IConsulStatus
{
    /// <summary>Raft address of the leader; empty when there is none.</summary>
    Task<string> LeaderAsync(CancellationToken cancellationToken);

    /// <summary>Raft addresses of the servers.</summary>
    Task<IReadOnlyList<string>> PeersAsync(CancellationToken cancellationToken);
}
