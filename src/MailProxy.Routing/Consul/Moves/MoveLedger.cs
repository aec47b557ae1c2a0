using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;

namespace MailProxy.Routing.Consul.Moves;

/// <summary>
/// Moves as keys of Consul. The user's pin names the move from its first moment, so a second move of the same user finds the first; record and pin
/// change in one transaction, which also proves that the writer's session still holds the record.
/// </summary>
public sealed class MoveLedger : IMoveLedger, IDisposable
{
    private readonly IConsulClient consul;
    private readonly MoveKeys keys;
    private readonly TimeProvider time;
    private readonly ConsulRetry retry;
    private readonly TimeSpan patience;

    /// <summary>Over the agent that the options (and Consul's environment variables) name.</summary>
    /// <exception cref="ConsulException">The address cannot be understood.</exception>
    public MoveLedger(ConsulOptions options, TimeProvider time)
        : this(new ConsulClient(options, time), options.Prefix, time, ConsulLease.TakeOverPatience)
    {
    }

    internal MoveLedger(IConsulClient consul, string prefix, TimeProvider time, TimeSpan patience)
    {
        (this.consul, this.time, this.patience) = (consul, time, patience);
        keys = new MoveKeys(prefix);
        retry = new ConsulRetry(time);
    }

    /// <inheritdoc/>
    public async Task<Pin?> PinAsync(string user, CancellationToken cancellationToken) => (await ReadPinAsync(user, cancellationToken)).Pin;

    /// <inheritdoc/>
    public async Task<MoveListing?> FindAsync(string id, CancellationToken cancellationToken) =>
        MoveText.IdProblem(id) is null && await ReadAsync(id, cancellationToken) is { } pair ? Listing(pair) : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MoveListing>> ListAsync(CancellationToken cancellationToken)
    {
        var all = await retry.RunAsync(() => consul.Kv.ListAsync(keys.Moves, default, cancellationToken), cancellationToken);

        // What lies deeper is a confirmation; what cannot be read is nobody's move.
        return [.. all.Value.Where(pair => !pair.Key[keys.Moves.Length..].Contains('/')).Select(TryListing).OfType<MoveListing>()];
    }

    /// <inheritdoc/>
    public async Task<IMoveHandle> BeginAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        await RefuseTakenAsync(move, await PinAsync(move.User, cancellationToken), cancellationToken);
        var lease = await LeaseAsync(move, cancellationToken);
        try
        {
            await retry.RunAsync(() => TryBeginAsync(move, lease, cancellationToken), cancellationToken);
            return Handle(move, lease);
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IMoveHandle> TakeOverAsync(string id, string operatorName, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var pair = await ReadAsync(id, cancellationToken) ?? throw new MoveException($"Move {id} is over.");
            var move = Listing(pair).Move;
            if (pair.Session is null && await TryTakeOverAsync(pair, move, operatorName, cancellationToken) is { } handle)
            {
                return handle;
            }

            if (time.GetElapsedTime(started) >= patience)
            {
                throw new MoveException(
                    $"{move.User} is being moved from {move.From} to {move.To} by {move.Operator}, whose command still runs (step: {MoveText.NameOf(move.Step)}). "
                    + "Let it finish, or stop it there and repeat this.");
            }

            await Task.Delay(ConsulLease.TakeOverPause, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => consul.Dispose();

    private static MoveListing? TryListing(KvPair pair)
    {
        var id = pair.Key[(pair.Key.LastIndexOf('/') + 1)..];
        return MoveText.TryRead(id, pair.Value, out var move, out _) ? new MoveListing(move, pair.Session is not null) : null;
    }

    private static MoveListing Listing(KvPair pair)
    {
        var id = pair.Key[(pair.Key.LastIndexOf('/') + 1)..];
        return MoveText.TryRead(id, pair.Value, out var move, out var problem)
            ? new MoveListing(move, pair.Session is not null)
            : throw new MoveException($"Consul key {pair.Key} cannot be read: {problem}. Was it written by a newer version, or by hand?");
    }

    private MoveHandle Handle(MoveRecord move, ConsulLease lease) => new(consul, keys, move, lease, retry);

    private async Task<ConsulLease> LeaseAsync(MoveRecord move, CancellationToken cancellationToken) => await retry.RunAsync(
        () => ConsulLease.OfCommandAsync(consul, $"mailproxy move {move.Id} by {move.Operator}", time, cancellationToken),
        cancellationToken);

    private async Task<KvPair?> ReadAsync(string id, CancellationToken cancellationToken) =>
        (await retry.RunAsync(() => consul.Kv.GetAsync(keys.Move(id), default, cancellationToken), cancellationToken)).Value;

    private async Task<(Pin? Pin, ulong Index)> ReadPinAsync(string user, CancellationToken cancellationToken)
    {
        var pair = (await retry.RunAsync(() => consul.Kv.GetAsync(keys.Pin(user), default, cancellationToken), cancellationToken)).Value;
        return pair is null ? (null, 0)
            : PinParser.TryParse(pair.Value, out var pin, out var problem) ? (pin, pair.ModifyIndex)
            : throw new MoveException($"Consul key {pair.Key} is no pin: {problem}. Correct or delete it first.");
    }

    private async Task RefuseTakenAsync(MoveRecord move, Pin? pin, CancellationToken cancellationToken)
    {
        if (pin?.Move is { } id && await FindAsync(id, cancellationToken) is { } other)
        {
            throw new MoveException(Taken(other));
        }

        if (pin is { State: PinState.Held })
        {
            throw new MoveException(
                $"{move.User} is on hold ({keys.Pin(move.User)}), and no move of ours holds them. Release them first: consul kv put {keys.Pin(move.User)} {pin.Store}");
        }

        if (pin is not null && pin.Store != move.From)
        {
            throw new MoveException($"{move.User} has just been sent to {pin.Store} (pin {keys.Pin(move.User)}). Begin again.");
        }
    }

    private static string Taken(MoveListing other) =>
        $"{other.Move.User} is already being moved from {other.Move.From} to {other.Move.To}: by {other.Move.Operator}, since {other.Move.Started:yyyy-MM-dd HH:mm:ss} UTC, "
        + $"step: {MoveText.NameOf(other.Move.Step)}{(other.Move.Undo ? ", being taken back" : "")}. "
        + (other.IsDriven ? "That command still runs, or died a moment ago." : $"Nobody drives it: go on with 'mailproxy user move {other.Move.User} --resume', or take it back with --abort.");

    private async Task<bool> TryBeginAsync(MoveRecord move, ConsulLease lease, CancellationToken cancellationToken)
    {
        var (pin, index) = await ReadPinAsync(move.User, cancellationToken);
        if (pin?.Move == move.Id)
        {
            // A write whose answer got lost.
            return true;
        }

        // Judged by the very value whose index the write names: what comes in between fails the write.
        await RefuseTakenAsync(move, pin, cancellationToken);
        var answer = await consul.Txn.ApplyAsync(
            [
                new TxnKvOperation { Verb = "lock", Key = keys.Move(move.Id), Value = MoveText.Write(move), Session = lease.Id },
                new TxnKvOperation { Verb = "cas", Key = keys.Pin(move.User), Value = PinText.Write(move.Pin), Index = index },
            ],
            cancellationToken);
        if (answer.Errors is { Count: > 0 } errors)
        {
            throw new ConsulException(ConsulFault.Temporary, $"the move could not be written down: {errors[0].What}");
        }

        return true;
    }

    private async Task<IMoveHandle?> TryTakeOverAsync(KvPair pair, MoveRecord move, string operatorName, CancellationToken cancellationToken)
    {
        var mine = move with { Operator = operatorName, Epoch = move.Epoch + 1 };
        var lease = await LeaseAsync(mine, cancellationToken);
        try
        {
            // The index proves that what is written back is what was read.
            var answer = await consul.Txn.ApplyAsync(
                [
                    new TxnKvOperation { Verb = "check-index", Key = pair.Key, Index = pair.ModifyIndex },
                    new TxnKvOperation { Verb = "lock", Key = pair.Key, Value = MoveText.Write(mine), Session = lease.Id },
                ],
                cancellationToken);
            if (answer.Errors is null or { Count: 0 })
            {
                return Handle(mine, lease);
            }
        }
        catch (ConsulException e) when (e.Fault is not (ConsulFault.Denied or ConsulFault.Permanent))
        {
            // It may have been written: the lease is given back and all is looked at again.
            await lease.DisposeAsync();
            return null;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }

        await lease.DisposeAsync();
        return null;
    }
}
