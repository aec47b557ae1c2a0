using System.Text.Json;

namespace MailProxy.Routing.Slots;

/// <summary>Writes tables as <see cref="SlotTableParser"/> reads them.</summary>
internal static class SlotTableText
{
    // Consul's limit for a value.
    private const int MaxBytes = 512 * 1024;

    /// <summary>Octets for Consul.</summary>
    /// <exception cref="InvalidOperationException">More than Consul takes: some ten thousand ranges.</exception>
    public static byte[] Write(SlotTable table)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(
            new SlotDocument
            {
                Count = table.Count,
                Epoch = table.Epoch,
                Weights = table.Weights.Count > 0 ? table.Weights : null,
                Ranges = [.. table.Ranges().Select(range => new SlotRangeDocument { From = range.From, To = range.To, Store = range.Store })],
            },
            RoutingJson.Default.SlotDocument);
        return value.Length <= MaxBytes ? value : throw new InvalidOperationException($"the slot table would have {value.Length} octets; Consul takes {MaxBytes}: use fewer slots");
    }
}
