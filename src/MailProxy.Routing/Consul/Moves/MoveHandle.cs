using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Registration;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Pins;

namespace MailProxy.Routing.Consul.Moves;

/// <summary>A move whose record our session holds.</summary>
internal sealed class MoveHandle(IConsulClient consul, MoveKeys keys, MoveRecord move, ConsulLease lease, ConsulRetry retry) : IMoveHandle
{
    public MoveRecord Move { get; private set; } = move;

    public CancellationToken Lost => lease.Lost;

    public async Task WriteAsync(MoveRecord next, CancellationToken cancellationToken)
    {
        await retry.RunAsync(() => TryWriteAsync(next, cancellationToken), cancellationToken);
        Move = next;
    }

    public async Task<IReadOnlyList<string>> UnconfirmedAsync(CancellationToken cancellationToken)
    {
        // A key that no session holds is what a stopped agent left in its file, or somebody's hand: no live proxy.
        var nodes = await retry.RunAsync(() => consul.Kv.ListAsync(keys.Proxies, default, cancellationToken), cancellationToken);
        var live = nodes.Value.Where(pair => pair.Session is not null).Select(pair => pair.Key[keys.Proxies.Length..]);

        // A proxy that serves but has no key (an old version, or a token without the right) cannot confirm, and must not be taken for absent.
        var services = await retry.RunAsync(() => consul.Health.ServiceAsync(ProxyRegistration.ServiceName, default, cancellationToken), cancellationToken);
        var serving = services.Value.Where(instance => instance.Checks.All(check => check.Status != HealthStatus.Critical)).Select(instance => instance.Service.Id);

        // Confirmations last: a proxy that came meanwhile is in neither list, but it was on hold from its first moment.
        var wanted = live.Union(serving, StringComparer.Ordinal).ToList();
        var folder = keys.Acks(Move.Id);
        var acks = await retry.RunAsync(() => consul.Kv.KeysAsync(folder, default, cancellationToken), cancellationToken);
        var confirmed = acks.Value.Where(key => key.Length > folder.Length).Select(key => key[folder.Length..]);
        return wanted.Count == 0
            ? ["(no live proxy is listed: does none run, or may this token not read them?)"]
            : [.. wanted.Except(confirmed, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public async Task ForgetAsync(bool restore, CancellationToken cancellationToken) =>
        await retry.RunAsync(() => TryForgetAsync(restore, cancellationToken), cancellationToken);

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private async Task<bool> TryWriteAsync(MoveRecord next, CancellationToken cancellationToken)
    {
        var pin = await ReadPinAsync(cancellationToken);

        List<TxnKvOperation> operations =
        [
            new() { Verb = "check-session", Key = keys.Move(Move.Id), Session = lease.Id },
            new() { Verb = "set", Key = keys.Move(Move.Id), Value = MoveText.Write(next) },
        ];
        if (next.Undo)
        {
            // Taking back is possible whatever became of the pin.
            await ApplyAsync(operations, cancellationToken);
            return true;
        }

        // Before the end the pin is ours or the move is not safe; at the end only the new store can be right, whatever somebody wrote there.
        if (next.Step != MoveStep.Finishing && pin.Pin?.Move != Move.Id)
        {
            throw new MoveException(
                $"somebody changed the pin of {Move.User} during the move: {keys.Pin(Move.User)} names {pin.Pin?.Store ?? "nothing"} now. "
                + $"Take the move back with 'mailproxy user move {Move.User} --abort', then begin again.");
        }

        operations.Add(new() { Verb = "cas", Key = keys.Pin(Move.User), Value = PinText.Write(next.Pin), Index = pin.Index });
        await ApplyAsync(operations, cancellationToken);
        return true;
    }

    private async Task<bool> TryForgetAsync(bool restore, CancellationToken cancellationToken)
    {
        var record = (await consul.Kv.GetAsync(keys.Move(Move.Id), default, cancellationToken)).Value;
        if (record is null)
        {
            // A write whose answer got lost.
            return true;
        }

        List<TxnKvOperation> operations = [new() { Verb = "check-session", Key = keys.Move(Move.Id), Session = lease.Id }];
        var pin = await ReadPinAsync(cancellationToken);
        if (restore && pin.Pin?.Move == Move.Id)
        {
            operations.Add(Move.Pinned
                ? new() { Verb = "cas", Key = keys.Pin(Move.User), Value = PinText.Write(new Pin(Move.From, Moving: Move.Planned ? Move.To : null)), Index = pin.Index }
                : new() { Verb = "delete-cas", Key = keys.Pin(Move.User), Index = pin.Index });
        }

        operations.Add(new() { Verb = "delete-tree", Key = keys.Acks(Move.Id) });
        operations.Add(new() { Verb = "delete", Key = keys.Move(Move.Id) });
        await ApplyAsync(operations, cancellationToken);
        return true;
    }

    private async Task<(Pin? Pin, ulong Index)> ReadPinAsync(CancellationToken cancellationToken)
    {
        var pair = (await consul.Kv.GetAsync(keys.Pin(Move.User), default, cancellationToken)).Value;
        return pair is null ? (null, 0) : (PinParser.TryParse(pair.Value, out var pin, out _) ? pin : null, pair.ModifyIndex);
    }

    private async Task ApplyAsync(IReadOnlyList<TxnKvOperation> operations, CancellationToken cancellationToken)
    {
        var answer = await consul.Txn.ApplyAsync(operations, cancellationToken);
        if (answer.Errors is not { Count: > 0 } errors)
        {
            return;
        }

        if (errors.Any(error => error.OpIndex == 0))
        {
            throw new MoveException($"another command has taken the move of {Move.User} over; this one stops.");
        }

        // The pin changed between read and write: look again.
        throw new ConsulException(ConsulFault.Temporary, $"{keys.Pin(Move.User)}: {errors[0].What}");
    }
}
