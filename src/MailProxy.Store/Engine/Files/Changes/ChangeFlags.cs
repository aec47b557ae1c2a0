using System.Collections.Immutable;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files.Changes;

/// <summary>STORE.</summary>
internal static class ChangeFlags
{
    /// <summary>
    /// Changes flags. A message that has them already keeps its mod-sequence: nothing changed that another session would have to hear.
    /// </summary>
    /// <returns>UIDs whose mod-sequence is above <paramref name="unchangedSince"/>, ascending.</returns>
    public static IReadOnlyList<uint> Apply(
        CommitGroup group,
        MailboxState mailbox,
        IReadOnlyList<uint> uids,
        FlagChange change,
        MessageFlags flags,
        ImmutableArray<string> keywords,
        ulong? unchangedSince,
        int maxKeywords)
    {
        mailbox.MustLive();
        List<uint> left = [];
        List<StoredMessage> changed = [];
        foreach (uint uid in uids.Distinct().Order())
        {
            if (mailbox.FindPending(uid, group.Database) is not { } message)
            {
                continue;
            }

            if (message.Entry.ModSeq > unchangedSince)
            {
                left.Add(uid);
                continue;
            }

            (MessageFlags newFlags, ImmutableArray<string> newKeywords) = Combine(message.Entry, change, flags, keywords);
            Keywords.CheckCount(newKeywords.Length, maxKeywords);
            if (newFlags != message.Entry.Flags || !newKeywords.AsSpan().SequenceEqual(message.Entry.Keywords.AsSpan()))
            {
                changed.Add(message with { Entry = message.Entry with { Flags = newFlags, Keywords = newKeywords } });
            }
        }

        if (changed.Count > 0)
        {
            group.Touch(mailbox);
            ulong sequence = mailbox.NextModSeq();
            foreach (StoredMessage message in changed)
            {
                mailbox.SetPending(message.Entry.Uid, message with { Entry = message.Entry with { ModSeq = sequence } });
            }
        }

        return left;
    }

    private static (MessageFlags Flags, ImmutableArray<string> Keywords) Combine(
        MessageEntry entry, FlagChange change, MessageFlags flags, ImmutableArray<string> keywords) => change switch
        {
            FlagChange.Replace => (flags, keywords),
            FlagChange.Add => (entry.Flags | flags, Keywords.Union(entry.Keywords, keywords)),
            FlagChange.Remove => (entry.Flags & ~flags, Keywords.Except(entry.Keywords, keywords)),
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
}
