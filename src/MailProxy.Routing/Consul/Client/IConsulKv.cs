using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Client;

/// <summary>The key/value store. Keys are checked by <see cref="ConsulKey"/> (ArgumentException) before anything is sent.</summary>
public interface IConsulKv
{
    /// <summary>One key; null when it does not exist. A denied key throws (403), unlike a denied list.</summary>
    Task<ConsulAnswer<KvPair?>> GetAsync(string key, ConsulQuery query, CancellationToken cancellationToken);

    /// <summary>All keys below a prefix that ends with <c>/</c>. Keys that the ACL denies are missing from the answer without a word.</summary>
    Task<ConsulAnswer<IReadOnlyList<KvPair>>> ListAsync(string prefix, ConsulQuery query, CancellationToken cancellationToken);

    /// <summary>The names of all keys below a prefix that ends with <c>/</c>.</summary>
    Task<ConsulAnswer<IReadOnlyList<string>>> KeysAsync(string prefix, ConsulQuery query, CancellationToken cancellationToken);

    /// <summary>Writes. Idempotent: may be repeated after a temporary fault.</summary>
    Task PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>Writes if ModifyIndex still is <paramref name="modifyIndex"/> (0: if the key does not exist). After a temporary fault read back: it may have been applied.</summary>
    Task<bool> CasAsync(string key, ReadOnlyMemory<byte> value, ulong modifyIndex, CancellationToken cancellationToken);

    /// <summary>Writes and takes the key for a session; false when another holds it or its lock delay runs.</summary>
    Task<bool> AcquireAsync(string key, ReadOnlyMemory<byte> value, string session, CancellationToken cancellationToken);

    /// <summary>Gives the key back; false when the session does not hold it.</summary>
    Task<bool> ReleaseAsync(string key, ReadOnlyMemory<byte> value, string session, CancellationToken cancellationToken);

    /// <summary>Deletes; also well when there was nothing.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Deletes if ModifyIndex still is the one given (which is not 0).</summary>
    Task<bool> DeleteCasAsync(string key, ulong modifyIndex, CancellationToken cancellationToken);

    /// <summary>Deletes all keys below a prefix that ends with <c>/</c>.</summary>
    Task DeleteTreeAsync(string prefix, CancellationToken cancellationToken);
}
