namespace MailProxy.Routing;

/// <summary>Where stores and routes come from.</summary>
public enum RoutingMode
{
    /// <summary>Consul: stores by health, pins, domains and slots by KV.</summary>
    Consul,

    /// <summary>The configuration: a fixed list of stores. Nobody is moved without a restart.</summary>
    Static,
}
