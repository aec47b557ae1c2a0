using System.Security.Cryptography;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Repeats;
using MailProxy.Store.Engine.Files.State;
using MailProxy.Store.Moves.Export;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>Reads a user for another store. Asks no gate: a user who is held or fenced is exported all the same.</summary>
internal sealed class UserExport(StoreParts parts, string user)
{
    /// <summary>Most messages of a page: their metadata is a few hundred kilobytes at the most.</summary>
    public const int PageMessages = 256;

    // About 70 octets each as JSON.
    private const int PageCopies = 4_096;

    /// <summary>Names and counters.</summary>
    public ExportHead Head(string move, string store)
    {
        // Before the names: a hold that is there now was there when they were read, unless it ran out, which the puller sees at its end.
        string? hold = parts.Gate.Hold(user) is { } held && held.Move == move ? held.Id
            : parts.Gate.Record(user).Fence is { } fence && fence.Move == move ? fence.Hold : null;
        return WithUser(state => new ExportHead(
            user,
            store,
            hold,
            (uint)parts.Sequences.LastUidValidity,
            [.. state.Mailboxes.Select(pair => Describe(pair.Key, pair.Value))],
            [.. state.Subscriptions]));
    }

    /// <summary>A page of a mailbox; null when there is no such mailbox (any more).</summary>
    public ExportPage? Changes(ulong mailbox, ulong since, uint after, CancellationToken cancellationToken) => WithMailbox(mailbox, state =>
    {
        List<ExportedMessage> messages = [];
        List<(ulong Link, byte[] Digest)> computed = [];
        bool isLast = true;
        foreach (MessageEntry entry in state.Snapshot.Messages)
        {
            if (entry.Uid <= after || entry.ModSeq <= since)
            {
                continue;
            }

            if (messages.Count == PageMessages)
            {
                isLast = false;
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (state.Find(entry.Uid, parts.Database) is { } message && DigestOf(message.Link, computed) is { } digest)
            {
                messages.Add(new(entry.Uid, entry.ModSeq, (ushort)entry.Flags, entry.Keywords, entry.InternalDate, entry.Size, digest));
            }
        }

        Keep(computed);
        return new ExportPage(messages, isLast);
    });

    /// <summary>A page of the copies that the user took lately, not before <paramref name="since"/> (seconds since 1970, by our clock).</summary>
    public ExportTaken Taken(byte[] after, long since)
    {
        // Before they are read: what comes later is dated later.
        long now = parts.Taken.Now;
        (IReadOnlyList<TakenCopy> copies, bool isLast) = parts.Taken.Read(user, after, PageCopies, since);
        return new(copies, isLast, now);
    }

    /// <summary>Every UID of a mailbox; null when there is no such mailbox.</summary>
    public ExportUids? Uids(ulong mailbox) => WithMailbox(mailbox, state => ExportUids.From(state.Snapshot.Messages.Select(entry => entry.Uid)));

    /// <summary>A message's content; null when it is gone.</summary>
    public FileStream? OpenContent(ulong mailbox, uint uid)
        => WithMailbox<FileStream>(mailbox, state => state.Find(uid, parts.Database) is { } message ? TryOpen(message.Link) : null);

    private static ExportedName Describe(string name, MailboxNode node)
    {
        MailboxCounters counters = node.Mailbox?.Counters ?? default;
        return new(name, (byte)node.SpecialUse, node.Mailbox?.Id ?? 0, node.Mailbox?.UidValidity ?? 0, counters.UidNext, counters.HighestModSeq);
    }

    private byte[]? DigestOf(ulong link, List<(ulong Link, byte[] Digest)> computed)
    {
        if (parts.Database.Get(StoreTable.Digests, StoreKeys.Number(link)) is { Length: SHA256.HashSizeInBytes } known)
        {
            return known;
        }

        using FileStream? content = TryOpen(link);
        if (content is null)
        {
            return null;
        }

        byte[] digest = SHA256.HashData(content);
        computed.Add((link, digest));
        return digest;
    }

    // Expunged a moment ago: no fault. One that should be there and is not will be missed when the UIDs are compared.
    private FileStream? TryOpen(ulong link)
    {
        try
        {
            return new(parts.Folders.LinkPath(link), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // Not synced: what is lost is computed again.
    private void Keep(List<(ulong Link, byte[] Digest)> computed)
    {
        if (computed.Count > 0)
        {
            using StoreBatch batch = parts.Database.NewBatch();
            computed.ForEach(one => batch.Put(StoreTable.Digests, StoreKeys.Number(one.Link), one.Digest));
            parts.Database.Write(batch, durable: false);
        }
    }

    private T WithUser<T>(Func<UserState, T> read)
    {
        UserState state = parts.Users.Acquire(user);
        try
        {
            return read(state);
        }
        finally
        {
            parts.Users.Release(state);
        }
    }

    private T? WithMailbox<T>(ulong id, Func<MailboxState, T?> read)
        where T : class => WithUser(state =>
    {
        if (state.Mailboxes.Values.FirstOrDefault(node => node.Mailbox?.Id == id)?.Mailbox is not { } mailbox)
        {
            return null;
        }

        parts.Loaded.Hold(mailbox);
        try
        {
            return read(mailbox);
        }
        finally
        {
            parts.Loaded.Release(mailbox);
        }
    });
}
