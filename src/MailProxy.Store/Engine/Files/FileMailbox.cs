using System.Collections.Immutable;
using MailProxy.Store.Engine.Files.Changes;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.Database;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files;

/// <summary>One session's hold on a mailbox.</summary>
internal sealed class FileMailbox : IMailbox
{
    private readonly StoreParts parts;
    private readonly UserState user;
    private readonly MailboxState state;
    private int disposed;

    /// <summary>Takes over the caller's holds on <paramref name="user"/> and <paramref name="state"/>.</summary>
    public FileMailbox(StoreParts parts, UserState user, MailboxState state, string name)
    {
        this.parts = parts;
        this.user = user;
        this.state = state;
        Name = name;
        state.Changed += RaiseChanged;
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public MailboxSnapshot Snapshot => state.Snapshot;

    /// <inheritdoc/>
    public async ValueTask<uint> AppendAsync(
        IMessageDraft draft, MessageFlags flags, IReadOnlyList<string> keywords, DateTimeOffset internalDate, CancellationToken cancellationToken)
    {
        var file = (FileMessageDraft)draft;
        ImmutableArray<string> words = Keywords.From(keywords, parts.Options.MaxKeywords);
        return await SubmitAsync(
            group => AddMessages.Append(group, file, state, flags, words, internalDate), cancellationToken, file);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<uint>> StoreFlagsAsync(
        IReadOnlyList<uint> uids,
        FlagChange change,
        MessageFlags flags,
        IReadOnlyList<string> keywords,
        ulong? unchangedSince,
        CancellationToken cancellationToken)
    {
        int most = parts.Options.MaxKeywords;
        ImmutableArray<string> words = Keywords.From(keywords, most);
        return await SubmitAsync(
            group => ChangeFlags.Apply(group, state, uids, change, flags, words, unchangedSince, most), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<CopyResult?> CopyAsync(IReadOnlyList<uint> uids, string targetName, CancellationToken cancellationToken)
        => MailboxName.TryNormalize(targetName, out string target)
            ? await SubmitAsync(group => TransferMessages.Copy(group, user, state, uids, target), cancellationToken)
            : null;

    /// <inheritdoc/>
    public async ValueTask<CopyResult?> MoveAsync(IReadOnlyList<uint> uids, string targetName, CancellationToken cancellationToken)
        => MailboxName.TryNormalize(targetName, out string target)
            ? await SubmitAsync(group => TransferMessages.Move(group, user, state, uids, target), cancellationToken)
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<uint>> ExpungeAsync(IReadOnlyList<uint> uids, CancellationToken cancellationToken)
        => await SubmitAsync(group => TransferMessages.Expunge(group, state, uids), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MessageStructure?> ReadStructureAsync(uint uid, CancellationToken cancellationToken)
    {
        MessageStructure? structure = state.Find(uid, parts.Database) is { } message
            && parts.Database.Get(StoreTable.Structures, StoreKeys.Number(message.Link)) is { } value
                ? StoreRecords.ReadStructure(value)
                : null;
        return ValueTask.FromResult(structure);
    }

    /// <inheritdoc/>
    public ValueTask<Stream?> OpenContentAsync(uint uid, CancellationToken cancellationToken)
    {
        if (state.Find(uid, parts.Database) is not { } message)
        {
            return ValueTask.FromResult<Stream?>(null);
        }

        try
        {
            return ValueTask.FromResult<Stream?>(new FileStream(
                parts.Folders.LinkPath(message.Link), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 4096, useAsync: true));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Expunged a moment ago is no fault; a file that should be there and is not is one.
            return error is FileNotFoundException or DirectoryNotFoundException && state.Find(uid, parts.Database) is null
                ? ValueTask.FromResult<Stream?>(null)
                : throw StoreFaultException.From(error, "opening a message");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            state.Changed -= RaiseChanged;
            parts.Loaded.Release(state);
            parts.Users.Release(user);
        }

        return ValueTask.CompletedTask;
    }

    // The user stays in memory until the change is done, even if the session gives the mailbox up meanwhile.
    private async Task<T> SubmitAsync<T>(Func<CommitGroup, T> change, CancellationToken cancellationToken, FileMessageDraft? draft = null)
    {
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        parts.Users.Hold(user);
        try
        {
            return await (draft is null
                ? parts.Committer.SubmitAsync(Change, cancellationToken)
                : parts.SubmitAsync(draft, Change, cancellationToken));
        }
        finally
        {
            parts.Users.Release(user);
        }

        T Change(CommitGroup group)
        {
            group.MustServe(user.Name);
            return change(group);
        }
    }

    private void RaiseChanged() => Changed?.Invoke();
}
