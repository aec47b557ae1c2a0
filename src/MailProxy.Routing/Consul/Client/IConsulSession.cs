using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary>Sessions: what holds locks.</summary>
public interface IConsulSession
{
    /// <summary>Creates one and returns its id.</summary>
    Task<string> CreateAsync(SessionDefinition session, CancellationToken cancellationToken);

    /// <summary>Renews; false when it is lost. Do so at TTL/3, and count it lost TTL after the last renewal that was SENT.</summary>
    Task<bool> RenewAsync(string id, CancellationToken cancellationToken);

    /// <summary>Ends it; its keys are released or deleted and their lock delay begins.</summary>
    Task DestroyAsync(string id, CancellationToken cancellationToken);

    /// <summary>What is known about it; null when it is lost.</summary>
    Task<SessionInfo?> InfoAsync(string id, CancellationToken cancellationToken);
}
