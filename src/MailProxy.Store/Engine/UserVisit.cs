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
    private int _isOver;
    private Action? _ending;

    /// <summary>Whose.</summary>
    public string User => user;

    /// <summary>Completes when nothing of the session is left.</summary>
    internal Task Over => _over.Task;

    /// <summary>What is to be done once when the session is over, before anybody who waits for its end hears of it. At most one, set while it lives.</summary>
    public void OnEnd(Action ending) => _ending = ending;

    /// <summary>The session is over.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _ending?.Invoke();
            _over.TrySetResult();
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
