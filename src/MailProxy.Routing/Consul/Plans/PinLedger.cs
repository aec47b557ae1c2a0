using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Pins;

namespace MailProxy.Routing.Consul.Plans;

/// <summary>Pins, many at a time and in transactions of the size that every Consul takes. A pin that somebody changed meanwhile stays as it is.</summary>
public sealed class PinLedger
{
    private readonly IConsulClient consul;
    private readonly MoveKeys keys;
    private readonly ConsulRetry retry;

    internal PinLedger(IConsulClient consul, MoveKeys keys, ConsulRetry retry) => (this.consul, this.keys, this.retry) = (consul, keys, retry);

    /// <summary>Every pin that can be read, by user.</summary>
    public async Task<IReadOnlyDictionary<string, PinEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var pairs = (await retry.RunAsync(() => consul.Kv.ListAsync(keys.Pins, default, cancellationToken), cancellationToken)).Value;
        var entries = new Dictionary<string, PinEntry>(pairs.Count, StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            if (PinParser.TryParse(pair.Value, out var pin, out _))
            {
                entries[pair.Key[keys.Pins.Length..]] = new PinEntry(pin, pair.ModifyIndex);
            }
        }

        return entries;
    }

    /// <summary>
    /// Gives each of these users who has no pin one that keeps them where they are and says where they will go:
    /// <c>{"store":"store-1","state":"active","moving":"store-3"}</c>. Returns the index that a proxy must have applied to know them all.
    /// </summary>
    public async Task<ulong> PlanAsync(IReadOnlyCollection<PlannedUser> users, CancellationToken cancellationToken)
    {
        foreach (var some in users.Chunk(IConsulTxn.MaxOperations))
        {
            var operations = some.Select(user => Create(user)).ToList();
            if (!await retry.RunAsync(() => AppliesAsync(operations, cancellationToken), cancellationToken))
            {
                // One of them has a pin by now; the others want theirs.
                foreach (var one in operations)
                {
                    await retry.RunAsync(() => AppliesAsync([one], cancellationToken), cancellationToken);
                }
            }
        }

        var entries = await ListAsync(cancellationToken);
        return entries.Count == 0 ? 0 : entries.Values.Max(entry => entry.Index);
    }

    /// <summary>Deletes pins, each unless it was changed since it was read. Returns how many are gone.</summary>
    public async Task<int> DropAsync(IReadOnlyCollection<KeyValuePair<string, PinEntry>> pins, CancellationToken cancellationToken)
    {
        var gone = 0;
        foreach (var some in pins.Chunk(IConsulTxn.MaxOperations))
        {
            var operations = some.Select(pin => new TxnKvOperation { Verb = "delete-cas", Key = keys.Pin(pin.Key), Index = pin.Value.Index }).ToList();
            if (await retry.RunAsync(() => AppliesAsync(operations, cancellationToken), cancellationToken))
            {
                gone += operations.Count;
                continue;
            }

            foreach (var one in operations)
            {
                gone += await retry.RunAsync(() => consul.Kv.DeleteCasAsync(one.Key, one.Index, cancellationToken), cancellationToken) ? 1 : 0;
            }
        }

        return gone;
    }

    private TxnKvOperation Create(PlannedUser user) =>
        new() { Verb = "cas", Key = keys.Pin(user.User), Value = PinText.Write(new Pin(user.From, Moving: user.To)), Index = 0 };

    private async Task<bool> AppliesAsync(IReadOnlyList<TxnKvOperation> operations, CancellationToken cancellationToken) =>
        (await consul.Txn.ApplyAsync(operations, cancellationToken)).Errors is null or { Count: 0 };
}
