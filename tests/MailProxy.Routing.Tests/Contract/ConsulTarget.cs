namespace MailProxy.Routing.Tests.Contract;

/// <summary>What the contract suite runs against.</summary>
public enum ConsulTarget
{
    /// <summary>The embedded agent: always.</summary>
    Embedded,

    /// <summary>A real Consul: when CONSUL_HTTP_ADDR names one.</summary>
    Real,
}
