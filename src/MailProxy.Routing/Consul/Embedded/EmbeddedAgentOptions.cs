using System.Net;

namespace MailProxy.Routing.Consul.Embedded;

/// <summary>Settings of the embedded agent.</summary>
public sealed record EmbeddedAgentOptions
{
    /// <summary>Address to listen on. The API has no access control: keep it on loopback.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on; 0: any free one, see <see cref="EmbeddedConsulAgent.Endpoint"/>.</summary>
    public int Port { get; init; } = 8500;

    /// <summary>File that keeps the KV store across restarts; null: memory only.</summary>
    public string? DataFile { get; init; }

    /// <summary>Name of the one node.</summary>
    public string NodeName { get; init; } = "embedded";

    /// <summary>Name of the one datacenter.</summary>
    public string Datacenter { get; init; } = "dc1";
}
