using System.Security.Cryptography;
using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Moves;
using MailProxy.Store.Engine.Files.Repeats;
using MailProxy.Store.Engine.Files.State;
using MailProxy.Store.Moves.Export;

namespace MailProxy.Store.Moves;

/// <summary>
/// One pull of one user: brings the staged copy up to what the source has. Only what is missing is fetched, so it may be repeated, be it to go on after a
/// crash or to bring the last few changes. In the order of its steps: names and counters, changed messages by mailbox, what was expunged, names and
/// counters once more to see whether anything could have changed meanwhile, and one durable step that says what the copy is now.
/// </summary>
/// <param name="engine">Where the copy is made.</param>
/// <param name="source">What is copied.</param>
/// <param name="staged">The copy.</param>
/// <param name="counts">Hears how far it is.</param>
/// <param name="connections">Messages that are fetched at a time.</param>
/// <param name="takenSince">Copies that the user took before this time of the source's clock were brought by an earlier pull; 0: none was.</param>
internal sealed class UserPull(FileStoreEngine engine, PullSource source, StagedCopy staged, PullCounts counts, int connections, long takenSince)
{
    // One more than a bad disk read or a broken connection needs.
    private const int Attempts = 2;

    // A trusted peer's mistakes are bounded too (FileStoreOptions.MaxMailboxes and the largest subscriptions seen, ten times).
    private const int MaxStoreId = 255;
    private const int MaxNames = 100_000;

    // Two a second, all day. A user who takes more may get a repeated copy twice after the move.
    private const int MaxTaken = 200_000;

    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    // What was dated before the last answer and durable after it, and a clock that was set back a little.
    private const long TakenMargin = 60;

    private bool _isMoving;

    /// <summary>After a pull that went well: what the next one of the same move need not ask for again.</summary>
    public long TakenSince { get; private set; }

    /// <summary>Pulls. Returns the hold under which the copy is complete, or null when the source was being changed. Errors: <see cref="PullFailedException"/>, <see cref="StoreFaultException"/>.</summary>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        var head = await source.HeadAsync(cancellationToken);
        Check(head);
        await staged.BindAsync(head.Store, cancellationToken);
        var mailboxes = head.Names.Where(name => name.Mailbox != 0).ToList();
        counts.MailboxesTotal = mailboxes.Count;
        var ends = new List<StagedEnd>();
        foreach (var mailbox in mailboxes)
        {
            if (await PullMailboxAsync(mailbox, cancellationToken) is { } end)
            {
                ends.Add(end);
            }

            counts.Mailboxes++;
        }

        var taken = await TakenAsync(cancellationToken);
        var after = await source.HeadAsync(cancellationToken);
        var hold = head.Hold is not null && head.Hold == after.Hold && !_isMoving ? head.Hold : null;
        var names = new StagedNames(
            [.. head.Names.Select(name => new StagedName(name.Name, (SpecialUse)name.SpecialUse, name.Mailbox))], head.Subscriptions, head.LastUidValidity);
        await staged.FinishAsync(ends, names, taken, hold, cancellationToken);
        counts.Removed += ends.Sum(end => end.Removed.Count);
        return hold;
    }

    private static void Check(ExportHead head)
    {
        if (head.Store.Length is 0 or > MaxStoreId)
        {
            throw new PullFailedException("The source does not say which store it is.");
        }

        if (head.Names.Count > MaxNames || head.Subscriptions.Count > MaxNames)
        {
            throw new PullFailedException($"The source names {head.Names.Count} mailboxes and {head.Subscriptions.Count} subscriptions; {MaxNames} is the most that is taken.");
        }

        foreach (var name in head.Names.Select(name => name.Name).Concat(head.Subscriptions))
        {
            if (!MailboxName.TryNormalize(name, out var normal) || normal != name)
            {
                throw new PullFailedException("The source has a mailbox name that cannot be one here.");
            }
        }

        if (head.Names.Any(name => !Enum.IsDefined((SpecialUse)name.SpecialUse) || (name.Mailbox != 0 && (name.UidNext == 0 || name.HighestModSeq == 0 || name.UidValidity == 0)))
            || head.Names.Where(name => name.Mailbox != 0).GroupBy(name => name.Mailbox).Any(same => same.Skip(1).Any())
            || head.Names.GroupBy(name => name.Name, StringComparer.Ordinal).Any(same => same.Skip(1).Any()))
        {
            throw new PullFailedException("The source's list of mailboxes makes no sense: look at its version and its log.");
        }
    }

    // What an earlier pull brought is not asked for again: those of one day may be ten thousands, and the user waits during the last pull.
    private async Task<List<TakenCopy>> TakenAsync(CancellationToken cancellationToken)
    {
        var taken = new List<TakenCopy>();
        byte[] after = [];
        for (var isFirst = true; taken.Count < MaxTaken && await source.TakenAsync(after, takenSince, cancellationToken) is { } page; isFirst = false)
        {
            TakenSince = isFirst ? Math.Max(0, (page.Now ?? 0) - TakenMargin) : TakenSince;
            if (page.Copies.Count == 0)
            {
                break;
            }

            if (page.Copies.Any(copy => copy.Digest.Length != TakenKeys.DigestOctets) || page.Copies[0].Digest.AsSpan().SequenceCompareTo(after) <= 0)
            {
                throw new PullFailedException("The source's list of the copies that the user took lately makes no sense: look at its version and its log.");
            }

            taken.AddRange(page.Copies);
            after = page.Copies[^1].Digest;
            if (page.IsLast)
            {
                break;
            }
        }

        return taken;
    }

    // Null: nothing has changed since the last pull.
    private async Task<StagedEnd?> PullMailboxAsync(ExportedName mailbox, CancellationToken cancellationToken)
    {
        var local = await staged.OpenAsync(mailbox.Mailbox, mailbox.UidValidity, cancellationToken);
        var target = new MailboxCounters(mailbox.UidNext, mailbox.HighestModSeq);
        if (local.Counters == target)
        {
            return null;
        }

        ExportPage? page;
        uint after = 0;
        do
        {
            page = await source.ChangesAsync(mailbox.Mailbox, local.Counters.HighestModSeq, after, cancellationToken);
            if (page is null)
            {
                // Deleted meanwhile: the next pull does not find its name.
                _isMoving = true;
                return new(local, local.Counters, []);
            }

            if (page.Messages.Count > 0)
            {
                CheckPage(page, after);
                after = page.Messages[^1].Uid;
                await TakePageAsync(mailbox, local, page, cancellationToken);
            }
            else if (!page.IsLast)
            {
                throw new PullFailedException("The source sent an empty page that is not its last: look at its version.");
            }
        }
        while (!page.IsLast);

        var uids = await source.UidsAsync(mailbox.Mailbox, cancellationToken);
        _isMoving |= uids is null;
        return new(local, target, uids?.Missing(staged.Uids(local)) ?? []);
    }

    private static void CheckPage(ExportPage page, uint after)
    {
        var last = after;
        foreach (var message in page.Messages)
        {
            if (message.Uid <= last || message.Size < 0 || message.Digest.Length != SHA256.HashSizeInBytes)
            {
                throw new PullFailedException("The source's list of messages makes no sense: look at its version and its log.");
            }

            last = message.Uid;
        }
    }

    private async Task TakePageAsync(ExportedName mailbox, MailboxState local, ExportPage page, CancellationToken cancellationToken)
    {
        // Beyond UIDNEXT: they came since the counters were read, and come with the next pull.
        var wanted = page.Messages.Where(message => message.Uid < mailbox.UidNext).ToList();
        _isMoving |= wanted.Count != page.Messages.Count;
        var messages = new StagedMessage?[wanted.Count];
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, wanted.Count).Where(index => (messages[index] = FindHere(local, wanted[index])) is null).ToList(),
                new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = cancellationToken },
                async (index, stop) =>
                {
                    var draft = await FetchAsync(mailbox, wanted[index], stop);
                    messages[index] = draft is null ? null : new(wanted[index], draft, null, null);
                });
            var staying = messages.Where(message => message is not null).Select(message => message!.Value).ToList();
            _isMoving |= staying.Count != wanted.Count;
            await staged.AddAsync(local, [.. staying.Where(message => message.Present is null || staged.Differs(local, message.Message))], cancellationToken);
        }
        finally
        {
            foreach (var message in messages)
            {
                await (message?.Draft?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }
    }

    private StagedMessage? FindHere(MailboxState local, ExportedMessage message)
    {
        if (staged.FindPresent(local, message) is { } present)
        {
            counts.Changed += staged.Differs(local, message) ? 1 : 0;
            return new(message, null, null, present);
        }

        if (staged.FindContent(message) is { } copy)
        {
            counts.Reused++;
            return new(message, null, copy, null);
        }

        return null;
    }

    // Null: it was expunged at the source meanwhile.
    private async Task<FileMessageDraft?> FetchAsync(ExportedName mailbox, ExportedMessage message, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var draft = (FileMessageDraft)await engine.BeginMessageAsync(cancellationToken);
            try
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var isThere = await source.ReadAsync(
                    mailbox.Mailbox,
                    message.Uid,
                    async piece =>
                    {
                        if (draft.Size + piece.Length > message.Size)
                        {
                            throw new IOException("A message is longer than the source said.");
                        }

                        hash.AppendData(piece.Span);
                        await draft.WriteAsync(piece, cancellationToken);
                    },
                    Stall,
                    cancellationToken);
                if (!isThere)
                {
                    await draft.DisposeAsync();
                    return null;
                }

                if (draft.Size == message.Size && CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), message.Digest))
                {
                    await draft.CompleteAsync(cancellationToken);
                    counts.AddFetched(draft.Size);
                    return draft;
                }

                if (attempt == Attempts)
                {
                    throw new PullFailedException(
                        $"Message {message.Uid} of {mailbox.Name} arrived with another content than the source's digest says, {Attempts} times: look at the source's disk; nothing of it was taken.");
                }

                await draft.DisposeAsync();
            }
            catch (PullFailedException) when (attempt < Attempts)
            {
                await draft.DisposeAsync();
            }
            catch
            {
                await draft.DisposeAsync();
                throw;
            }
        }
    }
}
