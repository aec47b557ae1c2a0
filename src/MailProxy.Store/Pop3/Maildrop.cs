using System.Globalization;
using MailProxy.Store.Engine;

namespace MailProxy.Store.Pop3;

/// <summary>A user's INBOX as it was at log-in, under its lock, with this session's deletion marks (RFC 1939 4 and 5).</summary>
internal sealed class Maildrop : IAsyncDisposable
{
    private readonly MaildropLocks _locks;
    private readonly string _user;
    private readonly IMailbox _inbox;
    private readonly MailboxSnapshot _snapshot;
    private readonly HashSet<int> _deleted = [];
    private readonly HashSet<int> _retrieved = [];
    private bool _isReleased;

    private Maildrop(MaildropLocks locks, string user, IMailbox inbox)
    {
        _locks = locks;
        _user = user;
        _inbox = inbox;
        _snapshot = inbox.Snapshot;
        Count = _snapshot.Messages.Length;
        Octets = _snapshot.Messages.Sum(message => message.Size);
    }

    /// <summary>Messages not marked as deleted.</summary>
    public int Count { get; private set; }

    /// <summary>Their octets.</summary>
    public long Octets { get; private set; }

    /// <summary>Numbers of the messages not marked as deleted, ascending, from 1.</summary>
    public IEnumerable<int> Numbers => Enumerable.Range(1, _snapshot.Messages.Length).Where(number => !_deleted.Contains(number));

    /// <summary>Locks and opens. Null: another session holds the lock. Engine faults are thrown, and leave nothing locked.</summary>
    public static async ValueTask<Maildrop?> TryOpenAsync(IStoreEngine engine, MaildropLocks locks, string user, CancellationToken cancellationToken)
    {
        if (!locks.TryTake(user))
        {
            return null;
        }

        try
        {
            var mail = await engine.OpenUserAsync(user, cancellationToken);
            var inbox = await mail.OpenAsync("INBOX", cancellationToken) ?? throw new StoreFaultException($"{user} has no INBOX.");
            return new(locks, user, inbox);
        }
        catch
        {
            locks.Release(user);
            throw;
        }
    }

    /// <summary>True for a message that is there and not marked as deleted.</summary>
    public bool Has(int number) => number >= 1 && number <= _snapshot.Messages.Length && !_deleted.Contains(number);

    /// <summary>RFC 1939 5: exact octets, before dots are stuffed.</summary>
    public long SizeOf(int number) => _snapshot.Messages[number - 1].Size;

    /// <summary>RFC 1939 7, UIDL: persists across sessions and is never used again, because UIDVALIDITY and UID together are not.</summary>
    public string UniqueIdOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{_snapshot.UidValidity:x}.{_snapshot.Messages[number - 1].Uid:x}");

    /// <summary>Opens the content; null when another session (IMAP) has expunged it meanwhile.</summary>
    public ValueTask<Stream?> OpenContentAsync(int number, CancellationToken cancellationToken) =>
        _inbox.OpenContentAsync(_snapshot.Messages[number - 1].Uid, cancellationToken);

    /// <summary>Marks a message as deleted.</summary>
    public void Delete(int number)
    {
        _deleted.Add(number);
        Count--;
        Octets -= SizeOf(number);
    }

    /// <summary>Remembers that a message went out whole.</summary>
    public void SetRetrieved(int number) => _retrieved.Add(number);

    /// <summary>Takes all deletion marks off.</summary>
    public void Reset()
    {
        _deleted.Clear();
        Count = _snapshot.Messages.Length;
        Octets = _snapshot.Messages.Sum(message => message.Size);
    }

    /// <summary>The UPDATE state (RFC 1939 6): deletes what is marked, flags what was read as seen. Durable on return; engine faults are thrown.</summary>
    /// <returns>Messages deleted.</returns>
    public async ValueTask<int> UpdateAsync(CancellationToken cancellationToken)
    {
        var seen = UidsOf(_retrieved.Where(number => !_deleted.Contains(number) && !_snapshot.Messages[number - 1].Flags.HasFlag(MessageFlags.Seen)));
        if (seen.Length > 0)
        {
            await _inbox.StoreFlagsAsync(seen, FlagChange.Add, MessageFlags.Seen, [], null, cancellationToken);
        }

        if (_deleted.Count > 0)
        {
            await _inbox.ExpungeAsync(UidsOf(_deleted), cancellationToken);
        }

        return _deleted.Count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isReleased)
        {
            return;
        }

        _isReleased = true;
        _locks.Release(_user);
        await _inbox.DisposeAsync();
    }

    private uint[] UidsOf(IEnumerable<int> numbers) => [.. numbers.Order().Select(number => _snapshot.Messages[number - 1].Uid)];
}
