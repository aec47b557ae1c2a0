using System.Net.Sockets;
using MailProxy.Http.Hosting;
using MailProxy.Logging;
using MailProxy.Nodes;
using MailProxy.Routing.Consul.Embedded;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace MailProxy.Dev;

/// <summary>A whole cluster in one process: agent, directory, stores, proxy.</summary>
internal sealed class DevCluster : INode
{
    // Parts in the order in which they were started; they stop the other way round.
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly ILoggerFactory _loggers;

    private DevCluster(ILoggerFactory loggers) => _loggers = loggers;

    /// <inheritdoc/>
    public Task Failed { get; } = new TaskCompletionSource().Task;

    /// <summary>Starts everything and prints where it listens.</summary>
    public static async Task<INode> StartAsync(DevSettings settings, CancellationToken cancellationToken)
    {
        var loggers = LoggingSetup.Create(new() { Level = Enum.Parse<LogEventLevel>(settings.LogLevel, ignoreCase: true) }, showsEveryLogin: true);
        var cluster = new DevCluster(loggers);
        try
        {
            await cluster.StartPartsAsync(settings, loggers, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Reload()
    {
        // A copy, because the cluster may be stopping on another thread.
        foreach (var node in _parts.ToArray().OfType<INode>())
        {
            node.Reload();
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _loggers.Dispose();
    }

    private async Task StartPartsAsync(DevSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var files = DevFiles.Prepare(settings);
        var configs = new DevConfigs(settings, files);
        _parts.Push(await StartAgentAsync(configs, files, loggers, cancellationToken));
        for (var number = 1; number <= settings.Stores; number++)
        {
            var store = await StoreHost.StartAsync(configs.Store(number), source: null, loggers, ownsLoggers: false, TimeProvider.System, cancellationToken);
            _parts.Push(store);

            // The banner promises a cluster that works: nobody's first mail shall find its store missing.
            await store.RegisteredAsync(cancellationToken);
        }

        _parts.Push(await ProxyHost.StartAsync(configs.Proxy(), loggers, ownsLoggers: false, TimeProvider.System, cancellationToken));
        DevProxyFile.Write(files.ProxyConfiguration, configs.Proxy());
        Console.WriteLine(DevBanner.Text(settings, files));
    }

    private static async Task<EmbeddedConsulAgent> StartAgentAsync(
        DevConfigs configs, DevFiles files, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return await EmbeddedConsulAgent.StartAsync(
                new EmbeddedAgentOptions { Address = configs.Consul.Address, Port = configs.Consul.Port, DataFile = files.ConsulValues },
                loggers.CreateLogger<EmbeddedConsulAgent>(),
                TimeProvider.System,
                cancellationToken);
        }
        catch (Exception exception) when (exception is IOException { InnerException: AddressInUseException } or SocketException)
        {
            // The agent is the first to listen, so a cluster that runs already shows here.
            throw new HttpListenException("Consul API", configs.Consul, exception);
        }
    }
}
