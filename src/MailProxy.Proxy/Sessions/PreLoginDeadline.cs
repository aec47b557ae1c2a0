namespace MailProxy.Proxy.Sessions;

/// <summary>Ends whatever a session does before login: at the deadline, when the client goes away, when the node stops.</summary>
internal sealed class PreLoginDeadline : IDisposable
{
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _any;

    public PreLoginDeadline(TimeSpan limit, TimeProvider time, CancellationToken clientGone, CancellationToken stop)
    {
        _deadline = new CancellationTokenSource(limit, time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(_deadline.Token, clientGone, stop);
        Token = _any.Token;
    }

    /// <summary>Cancelled at the first of the three. Of no use after dispose.</summary>
    public CancellationToken Token { get; }

    /// <summary>True when it was the time that ended it.</summary>
    public bool HasPassed => _deadline.IsCancellationRequested;

    /// <summary>Lets go of timer and registrations; may be called twice.</summary>
    public void Dispose()
    {
        _any.Dispose();
        _deadline.Dispose();
    }
}
