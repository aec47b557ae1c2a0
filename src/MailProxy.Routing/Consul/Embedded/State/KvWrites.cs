using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>The conditional writes of the KV store. Each answers the next state, and whether its condition held.</summary>
internal static class KvWrites
{
    public static (ClusterState Next, bool Done) Set(ClusterState state, KvPair entry)
    {
        var old = state.Kv.Get(entry.Key).Entry;

        // A plain write leaves the lock as it is.
        return (Write(state, entry with { Session = old?.Session, LockIndex = old?.LockIndex ?? 0 }, old), true);
    }

    public static (ClusterState Next, bool Done) Cas(ClusterState state, KvPair entry, ulong index)
    {
        var old = state.Kv.Get(entry.Key).Entry;
        return (old?.ModifyIndex ?? 0) == index ? Set(state, entry) : (state, false);
    }

    /// <summary>The session must exist.</summary>
    public static (ClusterState Next, bool Done) Acquire(ClusterState state, KvPair entry, string session, DateTimeOffset now)
    {
        var old = state.Kv.Get(entry.Key).Entry;
        if (old?.Session is { } holder)
        {
            return holder == session ? (Write(state, entry with { Session = session, LockIndex = old.LockIndex }, old), true) : (state, false);
        }

        if (state.LockDelays.TryGetValue(entry.Key, out var until) && until > now)
        {
            return (state, false);
        }

        return (Write(state, entry with { Session = session, LockIndex = (old?.LockIndex ?? 0) + 1 }, old), true);
    }

    public static (ClusterState Next, bool Done) Release(ClusterState state, KvPair entry, string session)
    {
        var old = state.Kv.Get(entry.Key).Entry;
        return old?.Session == session ? (Write(state, entry with { Session = null, LockIndex = old.LockIndex }, old), true) : (state, false);
    }

    public static ClusterState Delete(ClusterState state, string key) =>
        state.Kv.Entries.ContainsKey(key)
            ? (state with { Kv = state.Kv.Remove(key, state.NextIndex) }).Touch(new Topic(TopicKind.Key, key))
            : state;

    public static (ClusterState Next, bool Done) DeleteCas(ClusterState state, string key, ulong index)
    {
        var old = state.Kv.Get(key).Entry;
        return old is null ? (state, true) : old.ModifyIndex == index ? (Delete(state, key), true) : (state, false);
    }

    public static ClusterState DeleteTree(ClusterState state, string prefix) =>
        state.Kv.List(prefix).Entries.Aggregate(state, (next, entry) => Delete(next, entry.Key));

    // An identical write moves no index and wakes nobody.
    private static ClusterState Write(ClusterState state, KvPair entry, KvPair? old)
    {
        var same = old is not null && old.Flags == entry.Flags && old.Session == entry.Session && old.LockIndex == entry.LockIndex
            && old.Value.AsSpan().SequenceEqual(entry.Value);
        return same ? state : (state with { Kv = state.Kv.Set(entry, state.NextIndex) }).Touch(new Topic(TopicKind.Key, entry.Key));
    }
}
