using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Moves;

namespace MailProxy.Routing.Consul.Plans;

/// <summary>What changes the routes of many users writes and reads in Consul. Every method of the parts throws <see cref="Routing.Moves.MoveException"/> when it gets no good answer.</summary>
public sealed class RouteLedgers : IDisposable
{
    private readonly IConsulClient consul;

    /// <summary>Over the agent that the options (and Consul's environment variables) name.</summary>
    /// <exception cref="ConsulException">The address cannot be understood.</exception>
    public RouteLedgers(ConsulOptions options, TimeProvider time)
        : this(new ConsulClient(options, time), options.Prefix, time)
    {
    }

    internal RouteLedgers(IConsulClient consul, string prefix, TimeProvider time)
    {
        this.consul = consul;
        var (keys, retry) = (new MoveKeys(prefix), new ConsulRetry(time));
        Slots = new SlotLedger(consul, keys, retry);
        Pins = new PinLedger(consul, keys, retry);
        Plans = new PlanLedger(consul, keys, retry, time);
        Proxies = new ProxyRoutes(consul, keys, retry, time);
        States = new StoreStateLedger(consul, keys, retry);
    }

    /// <summary>The slot table.</summary>
    public SlotLedger Slots { get; }

    /// <summary>The pins, many at a time.</summary>
    public PinLedger Pins { get; }

    /// <summary>Who moves many users.</summary>
    public PlanLedger Plans { get; }

    /// <summary>What every proxy routes by.</summary>
    public ProxyRoutes Proxies { get; }

    /// <summary>The operator's word on stores.</summary>
    public StoreStateLedger States { get; }

    /// <inheritdoc/>
    public void Dispose() => consul.Dispose();
}
