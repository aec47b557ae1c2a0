using MailProxy.Store.Engine.Files.Changes;
using MailProxy.Store.Engine.Files.Commit;
using MailProxy.Store.Engine.Files.State;

namespace MailProxy.Store.Engine.Files;

/// <summary>One user's mailboxes. Holds nothing: each operation takes the user from the cache and gives it back.</summary>
internal sealed class FileUserMail(StoreParts parts, string user) : IUserMail
{
    /// <inheritdoc/>
    public string User => user;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MailboxInfo>> ListAsync(CancellationToken cancellationToken)
    {
        UserState state = parts.Users.Acquire(user);
        try
        {
            var withChildren = state.Mailboxes.Keys.SelectMany(MailboxName.Parents).ToHashSet(StringComparer.Ordinal);
            return ValueTask.FromResult<IReadOnlyList<MailboxInfo>>(
            [
                .. state.Mailboxes.Select(pair =>
                    new MailboxInfo(pair.Key, pair.Value.SpecialUse, pair.Value.Mailbox is not null, withChildren.Contains(pair.Key)))
            ]);
        }
        finally
        {
            parts.Users.Release(state);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListSubscriptionsAsync(CancellationToken cancellationToken)
    {
        UserState state = parts.Users.Acquire(user);
        try
        {
            return ValueTask.FromResult<IReadOnlyList<string>>([.. state.Subscriptions]);
        }
        finally
        {
            parts.Users.Release(state);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SetSubscribedAsync(string name, bool subscribed, CancellationToken cancellationToken)
    {
        if (!MailboxName.TryNormalize(name, out string normal))
        {
            throw new StoreFaultException(StoreFaultKind.Limit, "That cannot be the name of a mailbox.");
        }

        await ChangeAsync((group, state) => ChangeNames.Subscribe(group, state, normal, subscribed, parts.Options.MaxMailboxes), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<MailboxOutcome> CreateAsync(string name, SpecialUse specialUse, CancellationToken cancellationToken)
        => MailboxName.TryNormalize(name, out string normal)
            ? await ChangeAsync((group, state) => ChangeNames.Create(group, state, normal, specialUse, parts.Options.MaxMailboxes), cancellationToken)
            : MailboxOutcome.InvalidName;

    /// <inheritdoc/>
    public async ValueTask<MailboxOutcome> DeleteAsync(string name, CancellationToken cancellationToken)
        => MailboxName.TryNormalize(name, out string normal)
            ? await ChangeAsync((group, state) => ChangeNames.Delete(group, state, normal), cancellationToken)
            : MailboxOutcome.NotFound;

    /// <inheritdoc/>
    public async ValueTask<MailboxOutcome> RenameAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (!MailboxName.TryNormalize(from, out string source))
        {
            return MailboxOutcome.NotFound;
        }

        if (!MailboxName.TryNormalize(to, out string target))
        {
            return MailboxOutcome.InvalidName;
        }

        // The committer moves INBOX's messages: have them in memory before it asks.
        await using IMailbox? inbox = source == MailboxName.Inbox ? await OpenAsync(source, cancellationToken) : null;
        return await ChangeAsync((group, state) => ChangeNames.Rename(group, state, source, target, parts.Options.MaxMailboxes), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IMailbox?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (!MailboxName.TryNormalize(name, out string normal))
        {
            return ValueTask.FromResult<IMailbox?>(null);
        }

        UserState state = parts.Users.Acquire(user);
        try
        {
            if (state.Mailboxes.TryGetValue(normal, out MailboxNode? node) && node.Mailbox is { } mailbox)
            {
                parts.Loaded.Hold(mailbox);
                var opened = new FileMailbox(parts, state, mailbox, normal);
                state = null!;
                return ValueTask.FromResult<IMailbox?>(opened);
            }

            return ValueTask.FromResult<IMailbox?>(null);
        }
        finally
        {
            if (state is not null)
            {
                parts.Users.Release(state);
            }
        }
    }

    private async Task<T> ChangeAsync<T>(Func<CommitGroup, UserState, T> change, CancellationToken cancellationToken)
    {
        UserState state = parts.Users.Acquire(user);
        try
        {
            return await parts.Committer.SubmitAsync(
                group =>
                {
                    group.MustServe(user);
                    return change(group, state);
                },
                cancellationToken);
        }
        finally
        {
            parts.Users.Release(state);
        }
    }
}
