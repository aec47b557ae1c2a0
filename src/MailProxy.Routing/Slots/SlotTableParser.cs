using System.Diagnostics.CodeAnalysis;
using MailProxy.Routing.Catalog;

namespace MailProxy.Routing.Slots;

/// <summary>Reads <c>{"count":4096,"ranges":[{"from":0,"to":2047,"store":"store-1"}, ...]}</c>. Slots in no range belong to no store.</summary>
internal static class SlotTableParser
{
    /// <summary>Slots at most: enough for thousands of stores, and every view holds an array of them.</summary>
    public const int MaxCount = 65_536;

    /// <summary>A weight at most: finer shares than a thousandth are of no use.</summary>
    public const int MaxWeight = 1_000;

    /// <summary>Reads; <paramref name="problem"/> is a phrase for the operator.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, [NotNullWhen(true)] out SlotTable? table, [NotNullWhen(false)] out string? problem)
    {
        table = null;
        if (!OperatorText.TryRead(value, out var text, out problem)
            || !OperatorText.TryReadJson(text, RoutingJson.Default.SlotDocument, out var document, out problem))
        {
            return false;
        }

        if (document.Count is not (>= 1 and <= MaxCount))
        {
            problem = $"count is not a number from 1 to {MaxCount}";
            return false;
        }

        var stores = new string?[document.Count.Value];
        foreach (var range in document.Ranges ?? [])
        {
            problem = Assign(stores, range);
            if (problem is not null)
            {
                return false;
            }
        }

        if (document.Weights?.FirstOrDefault(weight => StoreId.Problem(weight.Key) is not null || weight.Value is < 0 or > MaxWeight) is { Key: { } bad })
        {
            problem = $"the weight of '{bad}' is no number from 0 to {MaxWeight}, or that is no store id";
            return false;
        }

        table = new SlotTable(stores) { Epoch = Math.Max(0, document.Epoch ?? 0), Weights = document.Weights ?? new Dictionary<string, int>() };
        return true;
    }

    private static string? Assign(string?[] stores, SlotRangeDocument? range)
    {
        if (range is not { From: { } from, To: { } to, Store: { } store })
        {
            return "a range lacks from, to or store";
        }

        if (from < 0 || to < from || to >= stores.Length)
        {
            return $"the range {from}-{to} is not within 0-{stores.Length - 1}";
        }

        if (StoreId.Problem(store) is { } problem)
        {
            return $"range {from}-{to}: {problem}";
        }

        for (var slot = from; slot <= to; slot++)
        {
            if (stores[slot] is { } other)
            {
                return $"slot {slot} is given to {other} and to {store}";
            }

            stores[slot] = store;
        }

        return null;
    }
}
