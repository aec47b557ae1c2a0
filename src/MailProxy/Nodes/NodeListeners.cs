using System.Net;
using MailProxy.Proxy;
using MailProxy.Proxy.Accept;
using MailProxy.Transport;
using MailProxy.Transport.Serving;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes;

/// <summary>The mail listeners of a proxy node: opened, closed while their sessions go on, opened again, exchanged for others. One change at a time.</summary>
internal sealed class NodeListeners(IMailTransport transport, ProxyNode proxy, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<(ListenerOptions Listener, ConnectionServer Server)> _open = [];

    // Closed, with sessions that go on.
    private readonly List<ConnectionServer> _closed = [];
    private readonly Lock _gate = new();

    // A port that the system chose is kept for the next time.
    private readonly Dictionary<ListenerOptions, EndPoint> _endPoints = [];
    private IReadOnlyList<ListenerOptions> _wanted = [];

    /// <summary>What is open now, in the order of the configuration.</summary>
    public IReadOnlyList<(ListenerOptions Listener, EndPoint Bound)> Bound
    {
        get
        {
            lock (_gate)
            {
                return [.. _wanted.SelectMany(wanted => _open.Where(entry => entry.Listener == wanted)).Select(entry => (entry.Listener, entry.Server.BoundEndPoint))];
            }
        }
    }

    /// <summary>Connections of all of them, closed ones as well.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Sum(entry => entry.Server.Count) + _closed.Sum(server => server.Count);
            }
        }
    }

    /// <summary>Opens these. Errors: <see cref="ListenFailedException"/>; those before it stay open.</summary>
    public Task OpenAsync(IReadOnlyList<ListenerOptions> listeners, CancellationToken cancellationToken)
    {
        _wanted = listeners;
        return OpenAsync(cancellationToken);
    }

    /// <summary>Opens those that were open, at the same ports. Errors: <see cref="ListenFailedException"/>.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => InTurnAsync(async () =>
    {
        foreach (var listener in _wanted.Where(listener => !_open.Exists(entry => entry.Listener == listener)).ToList())
        {
            await BindAsync(listener, cancellationToken);
        }
    });

    /// <summary>
    /// From now on these: what is no more is closed, with its sessions going on, and what is new is opened, unless everything is closed by a drain. Returns
    /// what could not be opened, one sentence each.
    /// </summary>
    public async Task<IReadOnlyList<string>> ReplaceAsync(IReadOnlyList<ListenerOptions> next, bool isDraining, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        await InTurnAsync(async () =>
        {
            // The same settings are the same listener, though read anew.
            _wanted = [.. next.Select(listener => _wanted.FirstOrDefault(known => known.IsSameAs(listener)) ?? listener)];
            foreach (var (listener, server) in _open.Where(entry => !_wanted.Contains(entry.Listener)).ToList())
            {
                await CloseAsync(listener, server);
            }

            foreach (var listener in isDraining ? [] : _wanted.Where(listener => !_open.Exists(entry => entry.Listener == listener)).ToList())
            {
                try
                {
                    await BindAsync(listener, cancellationToken);
                }
                catch (ListenFailedException exception)
                {
                    problems.Add(exception.Message);
                }
            }
        });
        return problems;
    }

    /// <summary>Closes all; sessions go on.</summary>
    public Task CloseAsync() => InTurnAsync(async () =>
    {
        foreach (var (listener, server) in _open.ToList())
        {
            await CloseAsync(listener, server);
        }
    });

    /// <summary>Ends the sessions of closed listeners: with a goodbye, or cut when <paramref name="patience"/> is over.</summary>
    public Task EndAsync(TimeSpan patience) => InTurnAsync(() => ForgetAsync([.. _closed], patience));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await EndAsync(TimeSpan.Zero);
        _turn.Dispose();
    }

    private async Task InTurnAsync(Func<Task> change)
    {
        await _turn.WaitAsync();
        try
        {
            await change();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task BindAsync(ListenerOptions listener, CancellationToken cancellationToken)
    {
        var server = new ConnectionServer(
            transport,
            _endPoints.GetValueOrDefault(listener) ?? listener.EndPoint,
            (ServedConnection served, CancellationToken stop) => proxy.ServeAsync(served, listener, stop),
            proxy.ServerOptions(listener),
            logger,
            time);
        try
        {
            await server.BindAsync(cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        lock (_gate)
        {
            _open.Add((listener, server));
            _endPoints[listener] = server.BoundEndPoint;
        }

        TellOwn();
    }

    private async Task CloseAsync(ListenerOptions listener, ConnectionServer server)
    {
        await server.UnbindAsync();
        lock (_gate)
        {
            _open.Remove((listener, server));
            _closed.Add(server);
        }

        TellOwn();

        // Of earlier changes only: this one may have accepted somebody a moment ago, who is not counted yet.
        await ForgetAsync([.. _closed.Where(closed => closed != server && closed.Count == 0)], TimeSpan.Zero);
    }

    private async Task ForgetAsync(IReadOnlyList<ConnectionServer> servers, TimeSpan patience)
    {
        await Task.WhenAll(servers.Select(server => server.StopAsync(patience)));
        foreach (var server in servers)
        {
            await server.DisposeAsync();
            lock (_gate)
            {
                _closed.Remove(server);
            }
        }
    }

    private void TellOwn() => proxy.SetOwnListeners([.. Bound.Select(entry => entry.Bound)]);
}
