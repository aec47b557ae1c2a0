using System.Collections.Immutable;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>The KV store at one moment, with the indexes that queries answer. Immutable.</summary>
internal sealed record KvTable
{
    public static readonly KvTable Empty = new();

    /// <summary>Entries by key.</summary>
    public ImmutableSortedDictionary<string, KvPair> Entries { get; private init; } = ImmutableSortedDictionary.Create<string, KvPair>(StringComparer.Ordinal);

    /// <summary>Index of the last change of anything.</summary>
    public ulong LastIndex { get; private init; }

    /// <summary>Index of the last deletion by key: lets a prefix query see that something went away.</summary>
    private ImmutableDictionary<string, ulong> Tombstones { get; init; } = ImmutableDictionary.Create<string, ulong>(StringComparer.Ordinal);

    /// <summary>Highest index of the deletions that are no longer remembered one by one.</summary>
    private ulong Reaped { get; init; }

    /// <summary>A table as it was saved.</summary>
    public static KvTable Restore(IEnumerable<KvPair> entries, ulong index) => Empty with
    {
        // Sessions are not saved, so nobody holds anything.
        Entries = Empty.Entries.AddRange(entries.Select(e => KeyValuePair.Create(e.Key, e with { Session = null }))),
        LastIndex = index,
        Reaped = index,
    };

    /// <summary>With the entry written at an index.</summary>
    public KvTable Set(KvPair entry, ulong index)
    {
        var created = Entries.TryGetValue(entry.Key, out var old) ? old.CreateIndex : index;
        return this with { Entries = Entries.SetItem(entry.Key, entry with { CreateIndex = created, ModifyIndex = index }), LastIndex = index };
    }

    /// <summary>Without the entry, deleted at an index.</summary>
    public KvTable Remove(string key, ulong index)
    {
        var full = Tombstones.Count >= EmbeddedLimits.MaxTombstones;
        return this with
        {
            Entries = Entries.Remove(key),
            Tombstones = full ? Tombstones.Clear() : Tombstones.SetItem(key, index),
            Reaped = full ? index : Reaped,
            LastIndex = index,
        };
    }

    /// <summary>One entry and the index to answer: its own, or the table's when it is missing.</summary>
    public (KvPair? Entry, ulong Index) Get(string key) =>
        Entries.TryGetValue(key, out var entry) ? (entry, entry.ModifyIndex) : (null, Math.Max(1, LastIndex));

    /// <summary>The entries below a prefix and the index to answer: of the last write or deletion below it, or the table's when there was none.</summary>
    public (IReadOnlyList<KvPair> Entries, ulong Index) List(string prefix)
    {
        List<KvPair> found = [.. Entries.Values.Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal))];
        var written = found.Count == 0 ? 0 : found.Max(e => e.ModifyIndex);
        var deleted = Tombstones.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(t => t.Value).DefaultIfEmpty(Reaped).Max();
        var index = Math.Max(written, deleted);
        return (found, index != 0 ? index : Math.Max(1, LastIndex));
    }
}
