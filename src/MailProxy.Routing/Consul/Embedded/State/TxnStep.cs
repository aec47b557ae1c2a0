using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>One operation of a transaction.</summary>
/// <param name="Next">The state after it.</param>
/// <param name="Entries">What it answers: entries that were read, or written ones without their value.</param>
/// <param name="Problem">Why the transaction must be rolled back; null: it need not.</param>
internal sealed record TxnStep(ClusterState Next, IReadOnlyList<KvPair> Entries, string? Problem)
{
    public static TxnStep Apply(ClusterState state, TxnKvOperation operation, DateTimeOffset now)
    {
        var key = operation.Key;
        var entry = new KvPair { Key = key, Value = operation.Value is { Length: 0 } ? null : operation.Value, Flags = operation.Flags };
        var old = state.Kv.Get(key).Entry;
        return operation.Verb switch
        {
            "set" => Written(KvWrites.Set(state, entry), key, ""),
            "cas" => Written(KvWrites.Cas(state, entry, operation.Index), key, $"failed to set key \"{key}\", index is stale"),
            "lock" when !state.Sessions.ContainsKey(operation.Session) => Failed(state, $"invalid session \"{operation.Session}\""),
            "lock" => Written(KvWrites.Acquire(state, entry, operation.Session, now), key, $"failed to lock key \"{key}\", lock is already held"),
            "unlock" => Written(
                KvWrites.Release(state, entry, operation.Session), key, $"failed to unlock key \"{key}\", lock isn't held, or is held by another session"),
            "get" => Required(state, old, old is not null, $"key \"{key}\" doesn't exist"),
            "get-tree" => new TxnStep(state, state.Kv.List(key).Entries, null),
            "check-index" => Required(state, old, old is not null && old.ModifyIndex == operation.Index, old is null
                ? $"key \"{key}\" doesn't exist"
                : $"current modify index {old.ModifyIndex} for key \"{key}\" does not match {operation.Index}"),
            "check-session" => Required(state, old, old is not null && old.Session == operation.Session, old is null
                ? $"key \"{key}\" doesn't exist"
                : $"failed session check for key \"{key}\", current session \"{old.Session}\" != \"{operation.Session}\""),
            "check-not-exists" => old is null ? new TxnStep(state, [], null) : Failed(state, $"key \"{key}\" exists"),
            "delete" => new TxnStep(KvWrites.Delete(state, key), [], null),
            "delete-tree" => new TxnStep(KvWrites.DeleteTree(state, key), [], null),
            "delete-cas" => KvWrites.DeleteCas(state, key, operation.Index) is (var next, true)
                ? new TxnStep(next, [], null)
                : Failed(state, $"failed to delete key \"{key}\", index is stale"),
            _ => Failed(state, $"unknown KV verb \"{operation.Verb}\""),
        };
    }

    private static TxnStep Written((ClusterState Next, bool Done) write, string key, string problem) =>
        write.Done ? new TxnStep(write.Next, [write.Next.Kv.Entries[key] with { Value = null }], null) : Failed(write.Next, problem);

    private static TxnStep Required(ClusterState state, KvPair? entry, bool holds, string problem) =>
        holds ? new TxnStep(state, [entry!], null) : Failed(state, problem);

    private static TxnStep Failed(ClusterState state, string problem) => new(state, [], problem);
}
