using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Registration;

/// <summary>Keeps a proxy node registered as <c>mail-proxy</c> with an HTTP check on its readiness, which the agent runs.</summary>
public sealed class ProxyRegistration : IAsyncDisposable
{
    /// <summary>Name of the service.</summary>
    public const string ServiceName = "mail-proxy";

    // A node that is gone for good should not stay in the list; an hour outlives any repair by hand.
    private const string DeregisterAfter = "1h";

    private readonly ServiceRegistration registration;

    /// <summary>A registration with the agent that the options (and Consul's environment variables) name.</summary>
    /// <exception cref="ArgumentException">The node id cannot be used.</exception>
    public ProxyRegistration(ConsulOptions consul, ProxyRegistrationOptions options, ILoggerFactory loggers, TimeProvider time)
        : this(new ConsulClient(consul, time), options, loggers, time, Random.Shared)
    {
    }

    internal ProxyRegistration(IConsulClient consul, ProxyRegistrationOptions options, ILoggerFactory loggers, TimeProvider time, Random random)
    {
        if (ConsulKey.Problem(options.NodeId) is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var service = new ServiceDefinition
        {
            Id = options.NodeId,
            Name = ServiceName,
            Address = options.Address,
            Port = options.Port,
            Meta = options.Meta,
            Check = new CheckDefinition
            {
                Name = "readiness",
                Http = options.Readiness.AbsoluteUri,
                Interval = GoDuration.Format(options.Interval),
                Timeout = "2s",
                DeregisterCriticalServiceAfter = DeregisterAfter,
            },
        };
        var logger = loggers.CreateLogger("MailProxy.Routing.Registration");
        registration = new ServiceRegistration(consul, service, new RegistrationTiming(Heartbeat: null), time, random, logger);
    }

    /// <summary>Begins; returns at once. Call once, when the admin listener is bound.</summary>
    public void Start() => registration.Start();

    /// <summary>Ends when the agent knows the node.</summary>
    public Task RegisteredAsync(CancellationToken cancellationToken) => registration.RegisteredAsync(cancellationToken);

    /// <summary>Deregisters (within 3 s) and ends.</summary>
    public ValueTask DisposeAsync() => registration.DisposeAsync();
}
