using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Watch;

namespace MailProxy.Routing.Tests.Watch;

/// <summary>A watch of the prefix <c>p/</c> over a scripted server and a clock that stands still.</summary>
internal sealed class WatchRig : IWatchSource<IReadOnlyList<KvPair>>, IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly ConsulClient consul;
    private readonly Task running;

    public WatchRig()
    {
        consul = new ConsulClient(new ConsulOptions { Address = "consul.test:8500" }, Server, Time);
        Watch = new BlockingWatch<IReadOnlyList<KvPair>>(this, Options, Time, new Random(1), Log);
        running = Watch.RunAsync(stop.Token);
    }

    public static WatchOptions Options { get; } = new() { Wait = TimeSpan.FromSeconds(30) };

    public ScriptedHandler Server { get; } = new();

    public PauseWatchingTime Time { get; } = new();

    public RecordingLogger Log { get; } = new();

    public BlockingWatch<IReadOnlyList<KvPair>> Watch { get; }

    /// <summary>Indexes of the answers that were taken.</summary>
    public List<ulong> Taken { get; } = [];

    public WatchVerdict Verdict { get; set; } = WatchVerdict.Believed;

    public string Name => "rig";

    public Task<ConsulAnswer<IReadOnlyList<KvPair>>> ReadAsync(ConsulQuery query, CancellationToken cancellationToken) =>
        consul.Kv.ListAsync("p/", query, cancellationToken);

    public ValueTask<WatchVerdict> TakeAsync(ConsulAnswer<IReadOnlyList<KvPair>> answer, CancellationToken cancellationToken)
    {
        Taken.Add(answer.Index);
        return ValueTask.FromResult(Verdict);
    }

    /// <summary>The next request, after the pause before it.</summary>
    public async Task<string> NextAfterPauseAsync()
    {
        await Time.PassPauseAsync();
        return await Server.NextAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
        consul.Dispose();
        stop.Dispose();
    }
}
