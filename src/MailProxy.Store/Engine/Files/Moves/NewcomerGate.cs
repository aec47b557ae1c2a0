using System.Collections.Concurrent;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>
/// Whether users are taken who have never been here. It is closed for a moment while routes of whole groups of users change: who comes meanwhile is put
/// off and then comes to the right store. In memory, by a lease, because a command that dies must not close a store for good.
/// </summary>
internal sealed class NewcomerGate(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (long Since, TimeSpan Lease)> closers = new(StringComparer.Ordinal);

    /// <summary>Closes, or stays closed for longer. Committer only.</summary>
    public bool Close(string move, TimeSpan lease)
    {
        closers[move] = (time.GetTimestamp(), lease);
        return true;
    }

    /// <summary>Takes one word back; others may still keep it closed. Committer only.</summary>
    public bool Open(string move) => closers.TryRemove(move, out _);

    /// <summary>Refuses a user who has never been here, while it is closed.</summary>
    /// <exception cref="StoreFaultException">UserHeld: for a moment.</exception>
    public void Check(string user)
    {
        // Nearly always empty: this stands in the way of every first delivery only.
        foreach ((string move, (long since, TimeSpan lease)) in closers)
        {
            if (time.GetElapsedTime(since) < lease)
            {
                throw StoreFaultException.Held(user);
            }

            closers.TryRemove(KeyValuePair.Create(move, (since, lease)));
        }
    }
}
