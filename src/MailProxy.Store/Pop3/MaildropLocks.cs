using System.Collections.Concurrent;

namespace MailProxy.Store.Pop3;

/// <summary>Exclusive access to maildrops (RFC 1939 4): one session a user.</summary>
internal sealed class MaildropLocks
{
    private readonly ConcurrentDictionary<string, bool> _held = new(StringComparer.Ordinal);

    /// <summary>False when another session holds it.</summary>
    public bool TryTake(string user) => _held.TryAdd(user, true);

    /// <summary>Gives back what <see cref="TryTake"/> gave.</summary>
    public void Release(string user) => _held.TryRemove(user, out _);
}
