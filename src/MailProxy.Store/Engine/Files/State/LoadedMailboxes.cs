using MailProxy.Store.Engine.Files.Database;

namespace MailProxy.Store.Engine.Files.State;

/// <summary>Keeps the messages of mailboxes in memory while someone holds them, and of those nobody holds the latest used, up to a bound.</summary>
internal sealed class LoadedMailboxes(StoreDatabase database, int maxIdleEntries)
{
    private readonly Lock gate = new();
    private readonly LinkedList<MailboxState> idle = new();
    private long idleEntries;

    /// <summary>Loads a mailbox and keeps it loaded until <see cref="Release"/>.</summary>
    public void Hold(MailboxState mailbox)
    {
        lock (gate)
        {
            mailbox.Holders++;
            Forget(mailbox);
        }

        try
        {
            mailbox.Load(database);
        }
        catch
        {
            Release(mailbox);
            throw;
        }
    }

    /// <summary>Ends one <see cref="Hold"/>.</summary>
    public void Release(MailboxState mailbox)
    {
        lock (gate)
        {
            if (--mailbox.Holders > 0)
            {
                return;
            }

            mailbox.Idle = idle.AddLast(mailbox);
            mailbox.IdleEntries = mailbox.LoadedCount + 1; // an empty one costs something too
            idleEntries += mailbox.IdleEntries;
            while (idleEntries > maxIdleEntries && idle.First?.Value is { } oldest)
            {
                Forget(oldest);
                oldest.Unload();
            }
        }
    }

    /// <summary>Drops an idle mailbox whose user goes out of memory.</summary>
    public void Drop(MailboxState mailbox)
    {
        lock (gate)
        {
            if (mailbox.Holders == 0)
            {
                Forget(mailbox);
                mailbox.Unload();
            }
        }
    }

    private void Forget(MailboxState mailbox)
    {
        if (mailbox.Idle is { } node)
        {
            idle.Remove(node);
            mailbox.Idle = null;
            idleEntries -= mailbox.IdleEntries;
        }
    }
}
