using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary>Services with their checks.</summary>
public interface IConsulHealth
{
    /// <summary>All instances of a service, in any state. An empty list is what a denied read looks like too.</summary>
    Task<ConsulAnswer<IReadOnlyList<ServiceHealth>>> ServiceAsync(string name, ConsulQuery query, CancellationToken cancellationToken);
}
