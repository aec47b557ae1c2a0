using System.Globalization;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Registration;

/// <summary>
/// Keeps a store registered as <c>mail-store</c> with a TTL check that the store's own process renews: when the process dies or hangs, the store
/// is critical within the TTL. It is not removed then: its users are told that their store is away, not that they have none.
/// </summary>
public sealed class StoreRegistration : IAsyncDisposable
{
    // Consul's own floor for TTL checks is 1 s; below it a pause of the runtime would look like a death.
    private static readonly TimeSpan MinTtl = TimeSpan.FromSeconds(1);

    private readonly ServiceRegistration registration;

    /// <summary>A registration with the agent that the options (and Consul's environment variables) name.</summary>
    /// <exception cref="ArgumentException">The store id, address, a port or the TTL cannot be used.</exception>
    public StoreRegistration(ConsulOptions consul, StoreRegistrationOptions options, ILoggerFactory loggers, TimeProvider time)
        : this(new ConsulClient(consul, time), consul.StoreServiceName, options, loggers, time, Random.Shared)
    {
    }

    internal StoreRegistration(
        IConsulClient consul, string serviceName, StoreRegistrationOptions options, ILoggerFactory loggers, TimeProvider time, Random random)
    {
        var timing = new RegistrationTiming(options.Ttl / 3);
        var logger = loggers.CreateLogger("MailProxy.Routing.Registration");
        registration = new ServiceRegistration(consul, Definition(serviceName, options), timing, time, random, logger);
    }

    /// <summary>Begins; returns at once. Call once, when the store accepts connections.</summary>
    public void Start() => registration.Start();

    /// <summary>Ends when the agent knows the store as healthy; waits as long as the agent is away.</summary>
    public Task RegisteredAsync(CancellationToken cancellationToken) => registration.RegisteredAsync(cancellationToken);

    /// <summary>Deregisters (within 3 s) and ends.</summary>
    public ValueTask DisposeAsync() => registration.DisposeAsync();

    private static ServiceDefinition Definition(string serviceName, StoreRegistrationOptions options)
    {
        if (StoreId.Problem(options.StoreId) is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        if (Uri.CheckHostName(options.Address) == UriHostNameType.Unknown)
        {
            throw new ArgumentException($"'{options.Address}' is neither a host name nor an IP address", nameof(options));
        }

        if (options.Ttl < MinTtl)
        {
            throw new ArgumentException($"a TTL of {options.Ttl} is too short", nameof(options));
        }

        var meta = options.Ports.ToDictionary(p => StoreMeta.PortKey(p.Key), p => p.Value is > 0 and <= ushort.MaxValue
            ? p.Value.ToString(CultureInfo.InvariantCulture)
            : throw new ArgumentException($"{p.Value} is no port for {p.Key}", nameof(options)));
        meta[StoreMeta.Tls] = StoreMeta.TlsValue(options.Tls);
        if (options.Login is { } login)
        {
            meta[StoreMeta.Login] = login;
        }

        return new ServiceDefinition
        {
            Id = options.StoreId,
            Name = serviceName,
            Address = options.Address,
            Port = options.Ports.GetValueOrDefault(StoreService.Imap),
            Meta = meta,

            // It lives, or it could not register; without this every start would show as a short outage.
            Check = new CheckDefinition { Name = "the store's own sign of life", Ttl = GoDuration.Format(options.Ttl), Status = HealthStatus.Passing },
        };
    }
}
