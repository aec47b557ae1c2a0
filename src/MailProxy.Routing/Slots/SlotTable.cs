namespace MailProxy.Routing.Slots;

/// <summary>Which store each slot belongs to. Immutable.</summary>
public sealed class SlotTable : IEquatable<SlotTable>
{
    private readonly string?[] stores;

    internal SlotTable(string?[] stores) => this.stores = stores;

    /// <summary>How many slots there are.</summary>
    public int Count => stores.Length;

    /// <summary>The store of a slot; null when the table gives it to none.</summary>
    public string? StoreOf(int slot) => stores[slot];

    /// <inheritdoc/>
    public bool Equals(SlotTable? other) => other is not null && stores.AsSpan().SequenceEqual(other.stores);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SlotTable);

    /// <inheritdoc/>
    public override int GetHashCode() => Count;
}
