using System.Diagnostics;
using System.Net;
using System.Runtime;
using MailProxy.Configuration;
using MailProxy.Directory.Static;
using MailProxy.Nodes;
using MailProxy.Proxy;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Static;
using MailProxy.Transport;
using MailProxy.Transport.Serving;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Rehearsing;

/// <summary>
/// Sessions of every protocol that a node plays with itself before it listens, so that the runtime has compiled and optimized their code before the
/// first client comes: a node that is restarted in a storm must not be slow just then (docs/performance.md, "The first seconds").
/// Everything in it is its own and on loopback: listeners on free ports, a store that says yes, a directory of nobody. No client, user or store takes part.
/// </summary>
internal sealed class Rehearsal : IAsyncDisposable
{
    // The runtime counts calls of a method only when nothing new was compiled for 100 ms, and optimizes it after 30 more, in two steps.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);
    private const int SessionsAtOnce = 4;
    private const int SessionsEach = 12;

    // So few methods in a whole round are what always trickles in.
    private const int Settled = 12;

    private readonly RehearsalStore _store = new();
    private readonly List<(ConnectionServer Server, RehearsalScript Script)> _acts = [];
    private readonly IMailTransport _transport;
    private readonly StaticUserDirectory _directory = new(new StaticDirectoryOptions { Password = $"{{PLAIN}}{RehearsalScript.Password}" });
    private readonly StaticRouting _routing;
    private readonly ProxyNode _node;
    private readonly TimeProvider _time;

    private Rehearsal(TransportKind transport, ServerTls? tls, TimeProvider time)
    {
        _time = time;
        _transport = TransportFactory.Create(transport, time, NullLogger.Instance);
        var store = new StaticStoreOptions { Id = "rehearsal", Address = IPAddress.Loopback.ToString(), Tls = StoreTlsMode.None };
        foreach (var service in RehearsalStore.Services)
        {
            store.Ports[service] = _store.Port(service);
        }

        _routing = new StaticRouting(new RoutingOptions { Mode = RoutingMode.Static, Stores = [store] });
        var settings = new ProxySettings(
            "localhost", tls, ClearTextPolicy.Always, new LimitOptions(), new StoreLegOptions { Login = StoreLoginMethod.Password }, new StoreTlsIdentity(null, null),
            Master: null, new RelayOptions());
        _node = new ProxyNode(settings, _transport, _directory, _routing, NullLogger<ProxyNode>.Instance, time, Random.Shared);
        foreach (var script in RehearsalScript.All.Where(script => tls is not null || !script.IsEncrypted))
        {
            var listener = new ListenerOptions
            {
                Protocol = script.Protocol,
                Address = IPAddress.Loopback.ToString(),
                Port = 0,
                Tls = script.IsEncrypted ? ListenerTlsMode.Implicit : ListenerTlsMode.None,
            };
            var server = new ConnectionServer(
                _transport, listener.EndPoint, (served, stop) => _node.ServeAsync(served, listener, stop), new ConnectionServerOptions(), NullLogger.Instance, time);
            _acts.Add((server, script));
        }
    }

    /// <summary>
    /// Rehearses until the runtime has nothing more to compile, at most so long. Never fails: a node that could not rehearse is slow for some seconds,
    /// which the log says.
    /// </summary>
    /// <param name="transport">The node's.</param>
    /// <param name="tls">The node's; null: without TLS.</param>
    /// <param name="limit">Zero: not at all.</param>
    /// <param name="logger">For one line.</param>
    /// <param name="time">For the limit.</param>
    /// <param name="cancellationToken">The start was given up.</param>
    public static async Task RunAsync(
        TransportKind transport, ServerTls? tls, TimeSpan limit, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        if (limit <= TimeSpan.Zero)
        {
            return;
        }

        var began = time.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            int sessions;
            await using (var rehearsal = new Rehearsal(transport, tls, time))
            {
                sessions = await rehearsal.PlayAsync(end.Token);
            }

            // What it left behind must not be counted as the node's.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            logger.LogInformation("Rehearsed {Sessions} sessions in {Seconds:0.0} s", sessions, time.GetElapsedTime(began).TotalSeconds);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogInformation("Rehearsed for {Seconds:0.0} s, the limit (Rehearsal)", limit.TotalSeconds);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or System.Net.Sockets.SocketException or ListenFailedException)
        {
            logger.LogWarning("The rehearsal failed, so the first seconds will be slower: {Reason}", exception.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_acts.Select(act => act.Server.StopAsync(TimeSpan.Zero)));
        foreach (var (server, _) in _acts)
        {
            await server.DisposeAsync();
        }

        (_transport as IDisposable)?.Dispose();
        _node.Dispose();
        await _routing.DisposeAsync();
        await _directory.DisposeAsync();
        _store.Dispose();
    }

    private async Task<int> PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var (server, _) in _acts)
        {
            await server.BindAsync(cancellationToken);
        }

        var sessions = 0;
        var calm = 0;
        while (calm < 2)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            foreach (var (server, script) in _acts)
            {
                await Task.WhenAll(Enumerable.Range(0, SessionsAtOnce).Select(_ => PlayAsync(server, script, cancellationToken)));
                sessions += SessionsAtOnce * SessionsEach;
            }

            await Task.Delay(Pause, _time, cancellationToken);
            calm = JitInfo.GetCompiledMethodCount() - compiled <= Settled ? calm + 1 : 0;
        }

        return sessions;
    }

    private static async Task PlayAsync(ConnectionServer server, RehearsalScript script, CancellationToken cancellationToken)
    {
        for (var i = 0; i < SessionsEach; i++)
        {
            await script.PlayAsync(server.BoundEndPoint, cancellationToken);
        }
    }
}
