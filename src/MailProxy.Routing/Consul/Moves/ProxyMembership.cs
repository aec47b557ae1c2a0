using System.Text.Json;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Moves;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Moves;

/// <summary>
/// Keeps <c>mailproxy/proxies/&lt;node&gt;</c> by a Consul session, from before the node's first look at the routes until after its last session: whoever
/// moves a user waits for the confirmation of every node that is listed there. A node that dies drops out when its session runs out.
/// </summary>
internal sealed class ProxyMembership(
    IConsulClient consul, MoveKeys keys, MoveParticipation options, Func<(ulong Pins, ulong Slots)> applied, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Consul takes up to twice as long to call a dead node dead.</summary>
    internal static readonly TimeSpan Ttl = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // Until what an ended session held is free; never nought, or two nodes of one name would spin.
    private static readonly TimeSpan EvictPause = TimeSpan.FromMilliseconds(100);

    // Whoever changes the routes of many waits until every node has told that it goes by them.
    private static readonly TimeSpan TellPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset started = time.GetUtcNow();
    private Task running = Task.CompletedTask;
    private string? session;
    private string? problem;
    private (ulong Pins, ulong Slots) told;

    /// <summary>Ends when the node is listed; also when Consul says that it never will be (the token has no right to it).</summary>
    public Task ListedAsync => listed.Task;

    /// <summary>Why moves cannot count on this node, as a phrase for readiness; null: they can.</summary>
    public string? Problem => Volatile.Read(ref problem);

    public void Start() => running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        if (session is not null)
        {
            using var limit = new CancellationTokenSource(Farewell, time);
            try
            {
                await consul.Session.DestroyAsync(session, limit.Token);
            }
            catch (Exception e) when (e is ConsulException or OperationCanceledException)
            {
                logger.LogWarning("The key {Key} could not be given up ({Problem}); it goes within {Seconds} s", keys.Proxy(options.NodeId), e.Message, 2 * Ttl.TotalSeconds);
            }
        }

        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await PauseAsync(await TurnAsync());
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            logger.LogDebug("The membership of {Node} ends", options.NodeId);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        var began = time.GetTimestamp();
        do
        {
            var left = pause - time.GetElapsedTime(began);
            await Task.Delay(left < TimeSpan.Zero ? TimeSpan.Zero : left < TellPause ? left : TellPause, time, stop.Token);
        }
        while (time.GetElapsedTime(began) < pause && (Problem is not null || told == applied()));
    }

    // One round; returns how long to pause.
    private async Task<TimeSpan> TurnAsync()
    {
        try
        {
            if (session is not null && !await consul.Session.RenewAsync(session, stop.Token))
            {
                logger.LogWarning("Consul has lost this node's session; {Key} is made again", keys.Proxy(options.NodeId));
                session = null;
            }

            session ??= await consul.Session.CreateAsync(ConsulLease.Definition($"mailproxy proxy {options.NodeId}", "delete", Ttl), stop.Token);
            var routes = applied();
            var value = JsonSerializer.SerializeToUtf8Bytes(
                new ProxyDocument { Version = options.Version, Started = started, Applied = routes.Pins, Slots = routes.Slots, Admin = options.Admin }, RoutingJson.Default.ProxyDocument);
            if (!await consul.Kv.AcquireAsync(keys.Proxy(options.NodeId), value, session, stop.Token))
            {
                return await EvictAsync();
            }

            told = routes;
            Volatile.Write(ref problem, null);
            listed.TrySetResult();
            return Ttl / 3;
        }
        catch (ConsulException e)
        {
            return Failed(e);
        }
    }

    // A node has its name for itself: who holds the key is this node's former life, which crashed.
    private async Task<TimeSpan> EvictAsync()
    {
        var holder = (await consul.Kv.GetAsync(keys.Proxy(options.NodeId), default, stop.Token)).Value;
        if (holder?.Session is { } other && other != session)
        {
            logger.LogWarning("{Key} is held by another session: a crash of this node, or a second node of the same name; it is taken over", holder.Key);
            await consul.Session.DestroyAsync(other, stop.Token);
            return EvictPause;
        }

        return RetryPause;
    }

    private TimeSpan Failed(ConsulException e)
    {
        if (e.Fault is ConsulFault.Permanent)
        {
            // A session that is gone is told of in many ways.
            session = null;
        }

        if (e.Fault is ConsulFault.Denied or ConsulFault.Permanent)
        {
            listed.TrySetResult();
        }

        var text = $"moves: this node cannot keep {keys.Proxy(options.NodeId)}: {e.Message}";
        if (Interlocked.Exchange(ref problem, text) != text)
        {
            logger.LogWarning("This node cannot keep {Key}, so no user can be moved until it can: {Problem}", keys.Proxy(options.NodeId), e.Message);
        }

        return RetryPause;
    }
}
