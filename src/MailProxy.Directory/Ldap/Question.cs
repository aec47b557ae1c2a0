namespace MailProxy.Directory.Ldap;

/// <summary>A question with an answer that somebody waits for.</summary>
/// <param name="ask">Blocks.</param>
/// <param name="deadline">Who comes to run it later need not begin.</param>
internal sealed class Question<T>(Func<Deadline, T> ask, Deadline deadline) : WorkItem
{
    // Whoever waits goes on somewhere else: this thread is wanted here.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isDropped;

    /// <summary>The answer, or an <see cref="LdapFaultException"/>.</summary>
    public Task<T> Answer => _answer.Task;

    /// <summary>Nobody waits any more: if it did not begin it never will.</summary>
    public void Drop()
    {
        Volatile.Write(ref _isDropped, 1);
        // Seen, in case it fails later.
        _ = _answer.Task.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public override void Run()
    {
        if (Volatile.Read(ref _isDropped) == 1 || deadline.Remaining <= TimeSpan.Zero)
        {
            _answer.TrySetException(new LdapFaultException(LdapFault.TimedOut, "its turn came too late"));
            return;
        }

        try
        {
            _answer.TrySetResult(ask(deadline));
        }
        catch (LdapFaultException fault)
        {
            _answer.TrySetException(fault);
        }
        catch (Exception exception)
        {
            _answer.TrySetException(new LdapFaultException(LdapFault.Refused, $"an error of our own: {exception.Message}", exception));
            throw;
        }
    }
}
