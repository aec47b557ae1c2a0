using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Feed;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Health;
using MailProxy.Routing.Relays;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Relays;

/// <summary>
/// The relays that Consul lists under a service. Like the stores' they outlive Consul: an answer without any, a denied one and none at all keep the last that were
/// known, in the state that they had; dialling tells whether they live. Nobody waits for them at the start: until they are known mail for others is put off.
/// </summary>
public sealed class ConsulRelays : IRelayPool, IWatchSource<IReadOnlyList<ServiceHealth>>, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IConsulClient _consul;
    private readonly string _service;
    private readonly BlockingWatch<IReadOnlyList<ServiceHealth>> _watch;
    private readonly StoreHealth _health = new();
    private readonly ILogger _logger;
    private HashSet<string> _warned = [];
    private volatile StoreNode? _node;
    private volatile bool _isDoubted;
    private Task _running = Task.CompletedTask;

    /// <param name="service">Name of the Consul service.</param>
    /// <param name="options">How Consul is reached.</param>
    /// <param name="loggers">For what is wrong.</param>
    /// <param name="time">For the watch.</param>
    /// <exception cref="ConsulException">The address cannot be understood; <see cref="ConsulOptions.Validate"/> says so earlier.</exception>
    public ConsulRelays(string service, ConsulOptions options, ILoggerFactory loggers, TimeProvider time)
        : this(service, new ConsulClient(options, time), new WatchOptions { Wait = options.WaitTime }, loggers.CreateLogger("MailProxy.Routing"), time, Random.Shared)
    {
    }

    internal ConsulRelays(string service, IConsulClient consul, WatchOptions watch, ILogger logger, TimeProvider time, Random random)
    {
        (_service, _consul, _logger) = (service, consul, logger);
        _watch = new BlockingWatch<IReadOnlyList<ServiceHealth>>(this, watch, time, random, logger);
    }

    /// <inheritdoc/>
    public StoreNode? Node => _node;

    /// <inheritdoc/>
    public string? Notice =>
        _watch.Status.Problem is { } problem ? $"{_service}: {problem}"
        : _node is null ? $"Consul lists no {_service}: register a relay under this name, or correct Relay:PoolService"
        : _isDoubted ? $"Consul lists no {_service} any more; the last {_node.Candidates.Count} are kept"
        : null;

    /// <inheritdoc/>
    string IWatchSource<IReadOnlyList<ServiceHealth>>.Name => _service;

    /// <summary>Begins to watch. Call once.</summary>
    public void Start() => _running = Task.Run(() => _watch.RunAsync(_stop.Token));

    /// <inheritdoc/>
    Task<ConsulAnswer<IReadOnlyList<ServiceHealth>>> IWatchSource<IReadOnlyList<ServiceHealth>>.ReadAsync(ConsulQuery query, CancellationToken cancellationToken) =>
        _consul.Health.ServiceAsync(_service, query, cancellationToken);

    /// <inheritdoc/>
    ValueTask<WatchVerdict> IWatchSource<IReadOnlyList<ServiceHealth>>.TakeAsync(ConsulAnswer<IReadOnlyList<ServiceHealth>> answer, CancellationToken cancellationToken)
    {
        if (answer.Value.Count == 0 && _node is not null)
        {
            _isDoubted = true;
            return ValueTask.FromResult(WatchVerdict.Believed);
        }

        _isDoubted = false;
        var problems = new HashSet<string>();
        StoreInstance[] instances =
        [
            .. answer.Value.OrderBy(said => said.Service.Id, StringComparer.Ordinal).ThenBy(said => said.Node.Node, StringComparer.Ordinal)
                .Select(said => RelayInstanceReader.Read(_service, said, problems)).OfType<StoreInstance>(),
        ];
        if (instances.Length > 0)
        {
            _node = StoreMerge.Of(instances, _health, problems);
        }

        foreach (var problem in problems.Except(_warned))
        {
            _logger.LogWarning("Consul service {Service}: {Problem}", _service, PrintableText.Of(problem));
        }

        _warned = problems;
        return ValueTask.FromResult(WatchVerdict.Believed);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _consul.Dispose();
        _stop.Dispose();
    }
}
