using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using MailProxy.Store.Engine.Files.Changes;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Repeats;
using MailProxy.Store.Engine.Files.State;
using MailProxy.Store.Moves.Export;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>
/// A copy of a user's mail that nobody is served from. On disk it is a user like any other, under a name that no protocol can say (U+0001 before the
/// user's), whose mailboxes are named by their ids at the source. A staged mailbox's HIGHESTMODSEQ is the source's up to which it is complete, because
/// counters are written by the pull's last step only. Messages that arrived before a crash are found again by their UIDs and digests.
/// </summary>
internal sealed class StagedCopy : IDisposable
{
    // Above this many staged messages no index of contents is made: a message that was moved between mailboxes is fetched again.
    private const int IndexLimit = 200_000;

    private readonly StoreParts parts;
    private readonly string user;
    private readonly string move;
    private readonly UserState staged;
    private Dictionary<string, ulong>? index;

    public StagedCopy(StoreParts parts, string user, string move)
    {
        this.parts = parts;
        this.user = user;
        this.move = move;
        staged = parts.Users.Acquire(StagedUserOf(user));
    }

    /// <summary>The name under which a user's staged copy is kept.</summary>
    public static string StagedUserOf(string user) => "\u0001" + user;

    /// <summary>The name of a staged mailbox.</summary>
    public static string NameOf(ulong source) => source.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Says which store the source is; refused when it was another one before.</summary>
    public Task BindAsync(string source, CancellationToken cancellationToken)
        => SubmitAsync(group => ChangeMoves.BindStage(group, user, source), cancellationToken);

    /// <summary>The staged mailbox of a source mailbox; made when it is not there, made anew when it has another UIDVALIDITY.</summary>
    public Task<MailboxState> OpenAsync(ulong source, uint uidValidity, CancellationToken cancellationToken)
        => staged.Mailboxes.TryGetValue(NameOf(source), out MailboxNode? node) && node.Mailbox!.UidValidity == uidValidity
            ? Task.FromResult(node.Mailbox)
            : SubmitAsync(
                group =>
                {
                    if (staged.PendingMailboxes.TryGetValue(NameOf(source), out MailboxNode? other))
                    {
                        group.ReleaseMailbox(other.Mailbox!);
                    }

                    MailboxState mailbox = group.NewStagedMailbox(uidValidity);
                    group.Touch(staged);
                    staged.PendingMailboxes = staged.PendingMailboxes.SetItem(NameOf(source), new(SpecialUse.None, mailbox));
                    return mailbox;
                },
                cancellationToken);

    /// <summary>The link of a message if it is staged with this very content.</summary>
    public ulong? FindPresent(MailboxState mailbox, ExportedMessage message)
        => mailbox.Find(message.Uid, parts.Database) is { } stored && stored.Entry.Size == message.Size && DigestOf(stored.Link) is { } digest
            && digest.AsSpan().SequenceEqual(message.Digest)
                ? stored.Link
                : null;

    /// <summary>Whether a present message differs in what may change.</summary>
    public bool Differs(MailboxState mailbox, ExportedMessage message)
        => mailbox.Find(message.Uid, parts.Database) is not { } stored || stored.Entry.ModSeq != message.ModSeq;

    /// <summary>The link of any staged message with this content.</summary>
    public ulong? FindContent(byte[] digest)
    {
        index ??= MakeIndex();
        return index.TryGetValue(Convert.ToHexString(digest), out ulong link) ? link : null;
    }

    /// <summary>Makes a page of messages durable.</summary>
    public async Task AddAsync(MailboxState mailbox, IReadOnlyList<StagedMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return;
        }

        await Task.WhenAll(messages.Where(message => message.Draft is not null).Select(message => parts.SyncAsync(message.Draft!)));
        ulong[] links = await SubmitAsync(group => Add(group, mailbox, messages), cancellationToken);
        for (int i = 0; index is { Count: < IndexLimit } && i < links.Length; i++)
        {
            index[Convert.ToHexString(messages[i].Message.Digest)] = links[i];
        }
    }

    /// <summary>UIDs that a staged mailbox has.</summary>
    public IEnumerable<uint> Uids(MailboxState mailbox) => parts.Database.ReadMessages(mailbox.Id).Select(message => message.Entry.Uid);

    /// <summary>The pull's last step, all at once: counters, removals, names, and whether the copy is complete.</summary>
    public Task FinishAsync(
        IReadOnlyList<StagedEnd> ends, StagedNames names, IReadOnlyList<TakenCopy> taken, string? hold, CancellationToken cancellationToken) => SubmitAsync(
        group =>
        {
            // Under the user's own name, though the copy may yet be dropped: that a user took a copy is true wherever the user lives.
            foreach (TakenCopy copy in taken.Where(copy => !group.Taken.Has(user, copy.Digest)))
            {
                group.Taken.Add(user, copy);
            }

            foreach (StagedEnd end in ends)
            {
                foreach (uint uid in end.Removed)
                {
                    if (end.Mailbox.FindPending(uid, group.Database) is { } message)
                    {
                        group.ReleaseLink(message.Link);
                        end.Mailbox.SetPending(uid, null);
                    }
                }

                end.Mailbox.PendingCounters = end.Counters;
                group.Touch(end.Mailbox);
            }

            HashSet<string> wanted = [.. names.Names.Where(name => name.Source != 0).Select(name => NameOf(name.Source))];
            foreach ((string name, MailboxNode node) in staged.PendingMailboxes.Where(pair => !wanted.Contains(pair.Key)).ToList())
            {
                group.ReleaseMailbox(node.Mailbox!);
                group.Touch(staged);
                staged.PendingMailboxes = staged.PendingMailboxes.Remove(name);
            }

            group.SetStagedNames(user, names);
            MoveRecord record = group.MoveOf(user);
            group.SetMove(user, record with { Stage = record.Stage! with { Hold = hold } });
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => parts.Users.Release(staged);

    private static ulong[] Add(CommitGroup group, MailboxState mailbox, IReadOnlyList<StagedMessage> messages)
    {
        // All links before any state, because making them is what can fail.
        ulong[] links = new ulong[messages.Count];
        for (int i = 0; i < links.Length; i++)
        {
            StagedMessage message = messages[i];
            links[i] = message.Present ?? (message.CopyOf is { } other ? group.CopyLink(other) : group.AddLink(message.Draft!));
        }

        group.Touch(mailbox);
        for (int i = 0; i < links.Length; i++)
        {
            ExportedMessage message = messages[i].Message;
            if (messages[i].Present is null)
            {
                // Of other content under the same UID: the source was restored from a backup, or lied before.
                if (mailbox.FindPending(message.Uid, group.Database) is { } wrong)
                {
                    group.ReleaseLink(wrong.Link);
                }

                group.SetDigest(links[i], message.Digest);
                if (messages[i].Draft is { } draft)
                {
                    group.SetStructure(links[i], draft.StructureRecord);
                }
            }

            ImmutableArray<string> keywords = Keywords.From(message.Keywords, ushort.MaxValue);
            mailbox.SetPending(message.Uid, new(
                new(message.Uid, message.ModSeq, (MessageFlags)message.Flags, keywords, message.InternalDate, message.Size), links[i]));
        }

        return links;
    }

    private Dictionary<string, ulong> MakeIndex()
    {
        Dictionary<string, ulong> contents = new(StringComparer.Ordinal);
        foreach (MailboxNode node in staged.Mailboxes.Values)
        {
            foreach (StoredMessage message in parts.Database.ReadMessages(node.Mailbox!.Id, IndexLimit))
            {
                if (contents.Count < IndexLimit && DigestOf(message.Link) is { } digest)
                {
                    contents[Convert.ToHexString(digest)] = message.Link;
                }
            }
        }

        return contents;
    }

    private byte[]? DigestOf(ulong link)
        => parts.Database.Get(StoreTable.Digests, StoreKeys.Number(link)) is { Length: SHA256.HashSizeInBytes } digest ? digest : null;

    private Task<T> SubmitAsync<T>(Func<CommitGroup, T> change, CancellationToken cancellationToken) => parts.Committer.SubmitAsync(
        group =>
        {
            ChangeMoves.MustBeStaged(group, user, move);
            return change(group);
        },
        cancellationToken);
}
