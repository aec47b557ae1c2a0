namespace MailProxy.Store.Engine;

/// <summary>One live session of a user, from before its login is answered to its end.</summary>
/// <param name="sessions">Where it is known.</param>
/// <param name="user">Canonical name.</param>
/// <param name="goodbye">Asks it to end politely; called at most once, on any thread.</param>
/// <param name="abort">Cuts its connection.</param>
public sealed class UserVisit(UserSessions sessions, string user, Action goodbye, Action abort) : IDisposable
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isAsked;

    /// <summary>Whose.</summary>
    public string User => user;

    /// <summary>Completes when nothing of the session is left.</summary>
    internal Task Over => _over.Task;

    /// <summary>The session is over.</summary>
    public void Dispose()
    {
        if (_over.TrySetResult())
        {
            sessions.Leave(this);
        }
    }

    /// <summary>Asks it to end.</summary>
    internal void Goodbye()
    {
        if (Interlocked.Exchange(ref _isAsked, 1) != 0)
        {
            return;
        }

        try
        {
            goodbye();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in this very moment.
            return;
        }
    }

    /// <summary>Ends it now.</summary>
    internal void Abort() => abort();
}
