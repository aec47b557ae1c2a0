namespace MailProxy.Transport.Splice;

/// <summary>Turns the end of a splice into a task.</summary>
internal sealed class AwaitingOwner : ISpliceOwner
{
    private readonly TaskCompletionSource<SpliceResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the splice.</summary>
    public Task<SpliceResult> Ending => _ended.Task;

    /// <inheritdoc/>
    public void Ended(SpliceResult result) => _ended.SetResult(result);
}
