using System.Globalization;
using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;

namespace MailProxy.Store.Imap.Session;

/// <summary>
/// A mailbox as the client knows it: sequence numbers are indexes into what it has been told (RFC 9051 2.3.1.2), not into what is there.
/// Each difference to the engine's snapshot is told once, expunges only when the protocol permits (RFC 9051 7.5.1).
/// </summary>
internal sealed class SelectedMailbox : IAsyncDisposable
{
    private readonly List<MessageEntry> _known;
    private MailboxSnapshot _seen;
    private bool _hasUntoldExpunges;

    /// <summary>Takes over an open mailbox.</summary>
    public SelectedMailbox(IMailbox mailbox, bool isReadOnly)
    {
        Mailbox = mailbox;
        IsReadOnly = isReadOnly;
        _seen = mailbox.Snapshot;
        _known = [.. _seen.Messages];
    }

    /// <summary>The engine's side.</summary>
    public IMailbox Mailbox { get; }

    /// <summary>True for EXAMINE.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The state that was compared last.</summary>
    public MailboxSnapshot Seen => _seen;

    /// <summary>Messages that the client knows.</summary>
    public int Count => _known.Count;

    /// <summary>A message by its index: sequence number less one.</summary>
    public MessageEntry this[int index] => _known[index];

    /// <summary>True when the engine has something that the client could be told.</summary>
    public bool HasNews => _hasUntoldExpunges || !ReferenceEquals(_seen, Mailbox.Snapshot);

    /// <summary>Indexes of the messages a set names, ascending; what is not there is left out.</summary>
    public List<int> Resolve(ImapSequenceSet set, bool byUid)
    {
        var indexes = new List<int>();
        var largest = Count == 0 ? 0 : byUid ? _known[^1].Uid : (uint)Count;
        foreach (var (first, last) in set.Ranges(largest))
        {
            var index = byUid ? FirstAtLeast(first) : (int)Math.Min(first - 1, (uint)Count);
            for (; index < Count && (byUid ? _known[index].Uid : (uint)index + 1) <= last; index++)
            {
                indexes.Add(index);
            }
        }

        return indexes;
    }

    /// <summary>The index of a UID, or -1.</summary>
    public int IndexOf(uint uid)
    {
        var index = FirstAtLeast(uid);
        return index < Count && _known[index].Uid == uid ? index : -1;
    }

    /// <summary>Takes over the engine's present state of one message without telling it; false when it is gone there.</summary>
    public bool Refresh(int index)
    {
        if (Find(Mailbox.Snapshot, _known[index].Uid) is not { } entry)
        {
            return false;
        }

        _known[index] = entry;
        return true;
    }

    /// <summary>Writes untagged responses for all that changed.</summary>
    /// <param name="wire">Where to.</param>
    /// <param name="mayExpunge">False within FETCH, STORE and SEARCH: sequence numbers must hold still.</param>
    /// <param name="withModSeq">True once the client enabled CONDSTORE.</param>
    public void Tell(ImapWire wire, bool mayExpunge, bool withModSeq)
    {
        var now = Mailbox.Snapshot;
        if (ReferenceEquals(now, _seen) && !(_hasUntoldExpunges && mayExpunge))
        {
            return;
        }

        var text = new StringBuilder();
        var gone = Gone(now);
        _hasUntoldExpunges = gone.Count > 0 && !mayExpunge;
        if (mayExpunge)
        {
            // From the last to the first: none of them moves one that is still to be told.
            foreach (var index in gone)
            {
                _known.RemoveAt(index);
                text.Append(CultureInfo.InvariantCulture, $"* {index + 1} EXPUNGE\r\n");
            }
        }

        TellFlags(now, text, withModSeq);
        TellNew(now, text);
        _seen = now;
        wire.Write(text.ToString());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Mailbox.DisposeAsync();

    private static MessageEntry? Find(MailboxSnapshot snapshot, uint uid)
    {
        int low = 0, high = snapshot.Messages.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var entry = snapshot.Messages[middle];
            if (entry.Uid == uid)
            {
                return entry;
            }

            (low, high) = entry.Uid < uid ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    // Indexes, descending, of known messages that the engine has no more.
    private List<int> Gone(MailboxSnapshot now)
    {
        var gone = new List<int>();
        var there = now.Messages.Length - 1;
        for (var index = Count - 1; index >= 0; index--)
        {
            while (there >= 0 && now.Messages[there].Uid > _known[index].Uid)
            {
                there--;
            }

            if (there < 0 || now.Messages[there].Uid != _known[index].Uid)
            {
                gone.Add(index);
            }
        }

        return gone;
    }

    private void TellFlags(MailboxSnapshot now, StringBuilder text, bool withModSeq)
    {
        var there = 0;
        for (var index = 0; index < Count; index++)
        {
            while (there < now.Messages.Length && now.Messages[there].Uid < _known[index].Uid)
            {
                there++;
            }

            if (there < now.Messages.Length && now.Messages[there] is var entry && entry.Uid == _known[index].Uid && entry.ModSeq != _known[index].ModSeq)
            {
                _known[index] = entry;
                text.Append(CultureInfo.InvariantCulture, $"* {index + 1} FETCH (UID {entry.Uid} FLAGS ({FlagText.Format(entry)})");
                text.Append(withModSeq ? string.Create(CultureInfo.InvariantCulture, $" MODSEQ ({entry.ModSeq}))\r\n") : ")\r\n");
            }
        }
    }

    private void TellNew(MailboxSnapshot now, StringBuilder text)
    {
        var last = Count == 0 ? 0 : _known[^1].Uid;

        // UIDs only grow, so whatever is beyond the last known one has not been told.
        var added = now.Messages.Where(entry => entry.Uid > last).ToList();
        if (added.Count > 0)
        {
            _known.AddRange(added);
            text.Append(CultureInfo.InvariantCulture, $"* {Count} EXISTS\r\n");
        }
    }

    private int FirstAtLeast(uint uid)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _known[middle].Uid < uid ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
