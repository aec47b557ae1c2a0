namespace MailProxy.Proxy.Sessions;

/// <summary>
/// Ends whatever a session does before its splice: at the deadline, when a phase takes too long, when the client goes away, when the node stops.
/// One object and one token for all of it: a timer and a linked token for each phase were a good part of what a login cost.
/// </summary>
internal sealed class SessionDeadline : IDisposable
{
    private const long Never = long.MaxValue;

    private readonly Lock _gate = new();
    private readonly SessionDeadlines _sweep;
    private CancellationTokenSource _source = new();
    private CancellationTokenRegistration _clientGone;
    private CancellationTokenRegistration _stop;
    private long _preLoginEnd;
    private long _phaseEnd = Never;
    private bool _isOver;

    /// <summary>Begins.</summary>
    /// <param name="sweep">Looks at it from time to time.</param>
    /// <param name="preLogin">From now to login.</param>
    /// <param name="clientGone">The connection's token.</param>
    /// <param name="stop">Cancelled when the node stops.</param>
    public SessionDeadline(SessionDeadlines sweep, TimeSpan preLogin, CancellationToken clientGone, CancellationToken stop)
    {
        _sweep = sweep;
        _preLoginEnd = sweep.After(preLogin);
        _clientGone = clientGone.UnsafeRegister(static self => ((SessionDeadline)self!).Cancel(DeadlineCause.ClientGone), this);
        _stop = stop.UnsafeRegister(static self => ((SessionDeadline)self!).Cancel(DeadlineCause.NodeStops), this);
        sweep.Add(this);
    }

    /// <summary>The sweep's own.</summary>
    public int SweepIndex { get; set; }

    /// <summary>Whose it is, for those who look at sessions before their splice.</summary>
    public SessionContext? Session { get; set; }

    /// <summary>Why the token is cancelled.</summary>
    public DeadlineCause Cause { get; private set; }

    /// <summary>Ask anew for each phase: after a limit of a phase it is another.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Limits what comes now, until the result is disposed. Limits do not nest.</summary>
    public PhaseLimit Within(TimeSpan limit)
    {
        Volatile.Write(ref _phaseEnd, _sweep.After(limit));
        return new PhaseLimit(this);
    }

    /// <summary>The client is in: from now on only the node's stop and the limits of phases count, and the end of a connection shows where it is used.</summary>
    public void LoggedIn()
    {
        Volatile.Write(ref _preLoginEnd, Never);
        _clientGone.Dispose();
        _clientGone = default;
    }

    /// <summary>Another end for all that comes, whatever the limits of its phases.</summary>
    public void EndWithin(TimeSpan limit) => Volatile.Write(ref _preLoginEnd, _sweep.After(limit));

    /// <summary>Cancels, unless something else did before or it is over.</summary>
    public void Cancel(DeadlineCause cause)
    {
        CancellationTokenSource source;
        lock (_gate)
        {
            if (_isOver || (cause == DeadlineCause.PhaseLimit && _phaseEnd == Never) || Cause > DeadlineCause.PhaseLimit)
            {
                return;
            }

            Cause = cause;
            source = _source;
        }

        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The session ended between the look and this line, on its own thread: there is nothing left to cancel.
        }
    }

    /// <summary>Called by the sweep.</summary>
    public void Check(long now)
    {
        if (now >= Volatile.Read(ref _preLoginEnd))
        {
            Cancel(DeadlineCause.PreLogin);
        }
        else if (now >= Volatile.Read(ref _phaseEnd))
        {
            Cancel(DeadlineCause.PhaseLimit);
        }
    }

    /// <summary>Ends the present phase's limit.</summary>
    public void EndPhase()
    {
        lock (_gate)
        {
            _phaseEnd = Never;
            if (Cause == DeadlineCause.PhaseLimit)
            {
                Cause = DeadlineCause.None;
                _source = new CancellationTokenSource();
            }
        }
    }

    /// <summary>Lets go of everything; may be called twice.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
        }

        _sweep.Remove(this);
        _clientGone.Dispose();
        _stop.Dispose();
        _source.Dispose();
    }
}
