using System.Text.Json;
using System.Threading.Channels;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Views;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Moves;

/// <summary>
/// Confirms holds of moves for this node. Asked for presence after the view with the hold was published: whatever begins for the user later sees that
/// view and waits, so a user who is not present then stays absent until the hold ends.
/// </summary>
internal sealed class MoveConfirmer : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<string> confirmed = new(StringComparer.Ordinal);
    private readonly IConsulClient consul;
    private readonly MoveKeys keys;
    private readonly string node;
    private readonly IUserPresence presence;
    private readonly Router router;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Task running;
    private volatile Dictionary<string, string> pending = [];

    public MoveConfirmer(IConsulClient consul, MoveKeys keys, string node, IUserPresence presence, Router router, TimeProvider time, ILogger logger)
    {
        (this.consul, this.keys, this.node, this.presence, this.router, this.time, this.logger) = (consul, keys, node, presence, router, time, logger);
        router.Changed += OnChanged;
        presence.Left += OnLeft;
        running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        router.Changed -= OnChanged;
        presence.Left -= OnLeft;
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private static Dictionary<string, string> HeldByMoves(IReadOnlyDictionary<string, Pin> pins) =>
        pins.Where(pin => pin.Value is { State: PinState.Held, Move: not null }).ToDictionary(pin => pin.Key, pin => pin.Value.Move!, StringComparer.Ordinal);

    private void OnChanged(RouteChange change)
    {
        if (change.Users is { Count: 0 })
        {
            // Stores: whom moves hold is as before.
            return;
        }

        pending = HeldByMoves(router.View.Pins);
        signals.Writer.TryWrite(true);
    }

    private void OnLeft(string user)
    {
        if (pending.ContainsKey(user))
        {
            signals.Writer.TryWrite(true);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            OnChanged(RouteChange.Anybody);
            await foreach (var _ in signals.Reader.ReadAllAsync(stop.Token))
            {
                if (!await ConfirmAllAsync())
                {
                    await Task.Delay(RetryPause, time, stop.Token);
                    signals.Writer.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            logger.LogDebug("Moves are confirmed no more");
        }
    }

    private async Task<bool> ConfirmAllAsync()
    {
        var moves = pending;
        confirmed.IntersectWith(moves.Values);
        var all = true;
        foreach (var (user, move) in moves.Where(entry => !confirmed.Contains(entry.Value) && !presence.IsPresent(entry.Key)))
        {
            try
            {
                await ConfirmAsync(user, move);
                confirmed.Add(move);
            }
            catch (ConsulException e)
            {
                all = false;
                logger.LogWarning("Move {Move} of {User} cannot be confirmed: {Problem}; trying on", PrintableText.Of(move), PrintableText.Of(user), e.Message);
            }
        }

        return all;
    }

    private async Task ConfirmAsync(string user, string move)
    {
        if (MoveText.IdProblem(move) is not null)
        {
            // Written by hand: nobody waits for it.
            return;
        }

        // Only beside a record that stands: a late confirmation must not outlive its move.
        var ack = JsonSerializer.SerializeToUtf8Bytes(new MoveAck(node, time.GetUtcNow()), RoutingJson.Default.MoveAck);
        var answer = await consul.Txn.ApplyAsync(
            [
                new TxnKvOperation { Verb = "get", Key = keys.Move(move) },
                new TxnKvOperation { Verb = "set", Key = keys.Ack(move, node), Value = ack },
            ],
            stop.Token);
        if (answer.Errors is { Count: > 0 } errors)
        {
            logger.LogInformation("Move {Move} of {User} is not there any more: {What}", move, user, errors[0].What);
            return;
        }

        logger.LogInformation("Move {Move}: {User} is quiet on this node, which has confirmed it", move, user);
    }
}
