using System.Text;
using MailProxy.Store.Engine.Files.Changes;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.Disk;
using MailProxy.Store.Engine.Files.Moves;
using MailProxy.Store.Engine.Files.Recovery;
using MailProxy.Store.Engine.Files.Repeats;
using MailProxy.Store.Engine.Files.State;
using MailProxy.Store.Mime;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Engine.Files;

/// <summary>
/// One message per file, written once and hard-linked into each mailbox; everything else in RocksDB. docs/store-layout.md describes the disk.
/// The way of a delivery: draft in memory, or in tmp if it is large -> its file written and fsynced (many at a time) -> the committer links it where it is
/// not yet, syncs the folder and writes one synced batch for all that came meanwhile -> the answer.
/// </summary>
public sealed class FileStoreEngine : IStoreEngine
{
    // RFC 5321 4.5.3.1: 64 + 1 + 255 octets; some more for internationalized addresses.
    private const int MaxUserOctets = 512;

    private readonly StoreParts parts;
    private readonly StoreLock storeLock;
    private readonly Sweeper sweeper;
    private readonly IMessageAnalyzer analyzer;
    private readonly FreeSpace freeSpace;
    private readonly TimeProvider time;
    private int disposed;

    private FileStoreEngine(StoreParts parts, StoreLock storeLock, Sweeper sweeper, IMessageAnalyzer analyzer, TimeProvider time)
    {
        this.parts = parts;
        this.storeLock = storeLock;
        this.sweeper = sweeper;
        this.analyzer = analyzer;
        this.time = time;
        Moves = new(parts);
        freeSpace = new(parts.Folders.Data, parts.Options.MinFreeOctets, time);
    }

    /// <summary>What the engine has done since it was opened.</summary>
    public StoreCounters Counters => parts.Counters;

    /// <inheritdoc/>
    public UserSessions Sessions => parts.Sessions;

    /// <summary>The steps of moves between stores.</summary>
    internal FileUserMoves Moves { get; }

    /// <summary>Opens the store in <see cref="FileStoreOptions.Data"/>, making it if it is not there, and removes what a crash left half done.</summary>
    /// <exception cref="StoreUnusableException">The folder cannot be used; the message says why in one sentence.</exception>
    public static async Task<FileStoreEngine> OpenAsync(
        FileStoreOptions options, IMessageAnalyzer analyzer, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.Validate("Store").FirstOrDefault() is { } invalid)
        {
            throw new StoreUnusableException(invalid);
        }

        // Reading the disk blocks; a node that opens several stores does it side by side.
        return await Task.Run(() => Open(options, analyzer, logger, time), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IMessageDraft> BeginMessageAsync(CancellationToken cancellationToken)
    {
        freeSpace.Check();
        return ValueTask.FromResult<IMessageDraft>(
            new FileMessageDraft(parts.Folders, parts.Sequences.Links, analyzer, parts.Counters, parts.Options.MaxMessageOctets));
    }

    /// <inheritdoc/>
    public bool KnowsRepeats => parts.Taken.IsOn;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> DeliverAsync(
        IMessageDraft draft, IReadOnlyList<string> users, byte[]? digest, CancellationToken cancellationToken)
    {
        var file = (FileMessageDraft)draft;
        List<UserState> states = new(users.Count);
        try
        {
            foreach (string user in users.Distinct(StringComparer.Ordinal))
            {
                CheckUser(user);
                states.Add(parts.Users.Acquire(user));
            }

            IReadOnlyList<string> repeats = await parts.SubmitAsync(
                file,
                group =>
                {
                    states.ForEach(group.MustTake);
                    return AddMessages.Deliver(group, file, states, digest, time.GetUtcNow());
                },
                cancellationToken);
            parts.Counters.AddRepeats(repeats.Count);
            return repeats;
        }
        finally
        {
            states.ForEach(parts.Users.Release);
        }
    }

    /// <summary>The same, every copy being a new one.</summary>
    public async ValueTask DeliverAsync(IMessageDraft draft, IReadOnlyList<string> users, CancellationToken cancellationToken)
        => await DeliverAsync(draft, users, null, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IUserMail> OpenUserAsync(string user, CancellationToken cancellationToken)
    {
        MustServe(user);
        UserState state = parts.Users.Acquire(user);
        try
        {
            if (!state.Mailboxes.ContainsKey(MailboxName.Inbox))
            {
                await parts.Committer.SubmitAsync(group =>
                    {
                        group.MustTake(state);
                        return ChangeNames.EnsureUser(group, state);
                    }, cancellationToken);
            }
        }
        finally
        {
            parts.Users.Release(state);
        }

        return new FileUserMail(parts, user);
    }

    /// <inheritdoc/>
    public void MustServe(string user)
    {
        CheckUser(user);
        parts.Gate.Check(user);
    }

    /// <summary>Finishes what was asked, then closes. Opened streams stay readable; everything else ends in an exception afterwards.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            parts.DiskSync.Dispose();
            parts.Committer.Dispose();
            sweeper.Dispose();
            parts.Database.Dispose();
            storeLock.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Completes when what was expunged so far is gone from the disk.</summary>
    internal Task DrainGarbageAsync() => sweeper.DrainAsync();

    private static FileStoreEngine Open(FileStoreOptions options, IMessageAnalyzer analyzer, ILogger logger, TimeProvider time)
    {
        var folders = new StoreFolders(options.Data);
        try
        {
            folders.Create();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnusableException($"The mail folder {folders.Data} cannot be made or written: {error.Message}", error);
        }

        StoreLock storeLock = StoreLock.Take(folders);
        StoreDatabase? database = null;
        try
        {
            database = StoreLayout.Open(folders);
            var sequences = new StoreSequences(database, time);
            StartRecovery.RemoveDrafts(folders, logger);
            StartRecovery.RemoveUnrecordedLinks(folders, database, sequences.Links.Bounds.Next, logger);

            var counters = new StoreCounters();
            var loaded = new LoadedMailboxes(database, options.MaxIdleEntries);
            var gate = new MoveGate(database, time);
            var taken = new TakenCopies(database, options.RepeatWindow, time);
            var sweeper = new Sweeper(database, folders, logger);
            var parts = new StoreParts(
                options,
                folders,
                database,
                new DiskSync(options.SyncThreads),
                sequences,
                gate,
                taken,
                new UserSessions(time),
                new Committer(database, folders, sequences, counters, sweeper, gate, taken, logger),
                loaded,
                new UserCache(database, loaded, options.MaxIdleUsers),
                counters);
            return new(parts, storeLock, sweeper, analyzer, time);
        }
        catch (Exception error)
        {
            database?.Dispose();
            storeLock.Dispose();
            throw error is IOException or UnauthorizedAccessException
                ? new StoreUnusableException($"The mail folder {folders.Data} cannot be read or written: {error.Message}", error)
                : error;
        }
    }

    private static void CheckUser(string user)
    {
        if (user.Length == 0 || user.Any(char.IsControl) || Encoding.UTF8.GetByteCount(user) > MaxUserOctets)
        {
            throw new StoreFaultException(StoreFaultKind.Limit, $"A user name is empty, has control characters or is longer than {MaxUserOctets} octets.");
        }
    }
}
