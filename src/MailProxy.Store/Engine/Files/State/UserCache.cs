using MailProxy.Store.Engine.Files.Database;

namespace MailProxy.Store.Engine.Files.State;

/// <summary>Users in memory: all that are in use, and the latest used of the others.</summary>
internal sealed class UserCache(StoreDatabase database, LoadedMailboxes loaded, int maxIdle)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, UserState> users = new(StringComparer.Ordinal);
    private readonly LinkedList<UserState> idle = new();

    /// <summary>The user, who may be new (without mailboxes). Give it back with <see cref="Release"/>.</summary>
    public UserState Acquire(string name)
    {
        UserState? user;
        lock (gate)
        {
            if (!users.TryGetValue(name, out user))
            {
                users.Add(name, user = new UserState(name));
            }

            user.Uses++;
            if (user.Idle is { } node)
            {
                idle.Remove(node);
                user.Idle = null;
            }
        }

        try
        {
            // Nobody else holds a user that is not loaded, so nothing of it is on its way to the database.
            user.Load(database);
        }
        catch
        {
            Release(user);
            throw;
        }

        return user;
    }

    /// <summary>One more <see cref="Acquire"/> of a user that is held.</summary>
    public void Hold(UserState user)
    {
        lock (gate)
        {
            user.Uses++;
        }
    }

    /// <summary>Ends one <see cref="Acquire"/> or <see cref="Hold"/>.</summary>
    public void Release(UserState user)
    {
        lock (gate)
        {
            if (--user.Uses > 0)
            {
                return;
            }

            user.Idle = idle.AddLast(user);
            while (idle.Count > maxIdle && idle.First?.Value is { } oldest)
            {
                idle.RemoveFirst();
                oldest.Idle = null;
                users.Remove(oldest.Name);
                foreach (MailboxNode node in oldest.Mailboxes.Values)
                {
                    if (node.Mailbox is { } mailbox)
                    {
                        loaded.Drop(mailbox);
                    }
                }
            }
        }
    }
}
