using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Slots;

namespace MailProxy.Routing.Consul.Plans;

/// <summary>The one value <c>mailproxy/slots</c>, changed by its index: of two who change it at once, one is refused.</summary>
public sealed class SlotLedger
{
    private readonly IConsulClient consul;
    private readonly MoveKeys keys;
    private readonly ConsulRetry retry;

    internal SlotLedger(IConsulClient consul, MoveKeys keys, ConsulRetry retry) => (this.consul, this.keys, this.retry) = (consul, keys, retry);

    /// <summary>The table and its index; null and 0: there is none.</summary>
    public async Task<(SlotTable? Table, ulong Index)> ReadAsync(CancellationToken cancellationToken)
    {
        var pair = (await retry.RunAsync(() => consul.Kv.GetAsync(keys.Slots, default, cancellationToken), cancellationToken)).Value;
        return pair is null ? (null, 0)
            : SlotTableParser.TryParse(pair.Value, out var table, out var problem) ? (table, pair.ModifyIndex)
            : throw new MoveException($"Consul key {keys.Slots} is no slot table: {problem}. Correct it first.");
    }

    /// <summary>Writes the next table over the one with this index; its own index.</summary>
    /// <exception cref="MoveException">Somebody else has changed it.</exception>
    public Task<ulong> WriteAsync(SlotTable next, ulong index, CancellationToken cancellationToken)
    {
        var value = SlotTableText.Write(next);
        return retry.RunAsync(
            async () =>
            {
                while (true)
                {
                    var there = (await consul.Kv.GetAsync(keys.Slots, default, cancellationToken)).Value;
                    if (there is not null && there.Value.AsSpan().SequenceEqual(value))
                    {
                        // Written now, or by an attempt whose answer got lost.
                        return there.ModifyIndex;
                    }

                    if ((there?.ModifyIndex ?? 0) != index)
                    {
                        throw new MoveException($"Somebody else has changed {keys.Slots} meanwhile. Nothing of it was overwritten; begin again to plan with the new table.");
                    }

                    await consul.Kv.CasAsync(keys.Slots, value, index, cancellationToken);
                }
            },
            cancellationToken);
    }
}
