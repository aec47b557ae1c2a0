namespace MailProxy.Store.Engine.Files.Commit;

/// <summary>A change whose answer is a <typeparamref name="T"/>.</summary>
internal sealed class StoreChange<T>(Func<CommitGroup, T> apply, CancellationToken cancellationToken) : IStoreChange
{
    // The waiter's code must not run on the committer's thread.
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T answer = default!;

    /// <summary>Completes when the change is durable.</summary>
    public Task<T> Done => done.Task;

    /// <inheritdoc/>
    public void Apply(CommitGroup group)
    {
        // The last moment: from here on it happens, whatever the waiter thinks of it.
        cancellationToken.ThrowIfCancellationRequested();
        answer = apply(group);
    }

    /// <inheritdoc/>
    public void Succeed() => done.TrySetResult(answer);

    /// <inheritdoc/>
    public void Fail(Exception error)
    {
        if (error is OperationCanceledException)
        {
            done.TrySetCanceled(cancellationToken);
        }
        else
        {
            done.TrySetException(error);
        }
    }
}
