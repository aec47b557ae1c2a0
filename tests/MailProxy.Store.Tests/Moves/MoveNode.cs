using System.Net;
using MailProxy.Store.Access;
using MailProxy.Store.Http;
using MailProxy.Store.Moves;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Store.Tests.Moves;

/// <summary>A store with its HTTP listener, in clear on loopback, and a client of its moves.</summary>
internal sealed class MoveNode : IAsyncDisposable
{
    private readonly string _id;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private StoreHttpServer? _server;
    private HttpClient? _http;

    private MoveNode(string id, TestStore store, TimeProvider time, ILogger logger) => (_id, Store, _time, _logger) = (id, store, time, logger);

    public TestStore Store { get; }

    public StoreMoves Moves { get; private set; } = null!;

    public StoreMoveClient Client { get; private set; } = null!;

    public string Address => $"http://127.0.0.1:{_server!.Port}";

    /// <summary>Wraps what this store's pulls dial with.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler> Wrap { get; set; } = handler => handler;

    public static async Task<MoveNode> OpenAsync(string id, TimeProvider? time = null, ILogger? logger = null)
    {
        var node = new MoveNode(id, await TestStore.OpenAsync(time: time), time ?? TimeProvider.System, logger ?? NullLogger.Instance);
        await node.ServeAsync();
        return node;
    }

    /// <summary>Stops and starts again on the same folder.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await Store.ReopenAsync();
        await ServeAsync();
    }

    public async Task<PullProgress> PullAsync(string user, string move, MoveNode from)
    {
        await Client.PullAsync(user, new PullRequest(move, from.Address), TestStore.Stop);
        return await PulledAsync(user, move);
    }

    public async Task<PullProgress> PulledAsync(string user, string move)
    {
        PullProgress progress;
        do
        {
            progress = await Client.GetPullAsync(user, move, 30, TestStore.Stop);
        }
        while (progress.Phase == PullPhase.Running);
        return progress;
    }

    /// <summary>A pull that must succeed.</summary>
    public async Task<PullProgress> PullWellAsync(string user, string move, MoveNode from)
    {
        var progress = await PullAsync(user, move, from);
        Assert.Equal((PullPhase.Done, null), (progress.Phase, progress.Error));
        return progress;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Store.DisposeAsync();
    }

    private async Task ServeAsync()
    {
        var access = new StoreAccess(new AccessOptions { AllowClearText = true });
        Moves = new StoreMoves(Store.Engine, new MoveOptions(), _id, () => new HttpClient(Wrap(new SocketsHttpHandler())), _logger, _time);
        _server = new StoreHttpServer(new IPEndPoint(IPAddress.Loopback, 0), _id, Store.Engine, access, null, NullLoggerFactory.Instance, Moves);
        await _server.StartAsync(TestStore.Stop);
        _http = new HttpClient { BaseAddress = new Uri(Address) };
        Client = new StoreMoveClient(_http);
    }

    private async Task StopAsync()
    {
        _http?.Dispose();
        await Moves.DisposeAsync();
        await _server!.DisposeAsync();
    }
}
