using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Splice;

namespace MailProxy.Transport.Linux.Splice;

/// <summary>One join of two connections on one reactor: two legs, and the first cause that ended it. All an idle session keeps besides its sockets.</summary>
internal sealed class SpliceJoin : ISplice
{
    // Dead peers show after minutes anyway, and most sessions of scripts and phones are over by then: the options cost them nothing.
    private static readonly TimeSpan KeepAliveAge = TimeSpan.FromSeconds(5);

    private readonly SpliceSettings _settings;
    private readonly ISpliceOwner _owner;
    private readonly SpliceLeg _toStore;
    private readonly SpliceLeg _toClient;
    private SpliceEnd? _end;
    private long _lastActivity;

    // Zero means "no limit": then nothing but silence ends it.
    private long _endAt;
    private bool _isHalfClosed;
    private bool _isStarted;
    private bool _isKeptAlive;
    private bool _isEnding;

    /// <summary>Nothing moves before <see cref="Start"/>.</summary>
    public SpliceJoin(LinuxConnection client, LinuxConnection store, SpliceSettings settings, ISpliceOwner owner, ISpliceFollower? follower)
    {
        (Client, Store, _settings, _owner, Follower) = (client, store, settings, owner, follower);
        _toStore = new SpliceLeg(this, isToStore: true);
        _toClient = new SpliceLeg(this, isToStore: false);
    }

    /// <summary>Who came to us.</summary>
    public LinuxConnection Client { get; }

    /// <summary>Whom we dialled.</summary>
    public LinuxConnection Store { get; }

    /// <summary>Looks at what passes through memory; null: nobody does.</summary>
    public ISpliceFollower? Follower { get; }

    /// <summary>Nothing is moved any more.</summary>
    public bool HasStopped { get; private set; }

    /// <inheritdoc/>
    public long MovedToStore => _toStore.Moved;

    /// <inheritdoc/>
    public long MovedToClient => _toClient.Moved;

    /// <summary>The sweep's own.</summary>
    public int SweepIndex { get; set; }

    private JoinSweep Sweep => Client.Reactor.Joins;

    /// <summary>Begins to move octets; on the reactor on which both connections live.</summary>
    public void Start()
    {
        if (HasStopped)
        {
            // Stopped on the way here: the pipes' octets are nobody's any more.
            _owner.Ended(new SpliceResult(0, 0, SpliceEnd.Cancelled));
            return;
        }

        _isStarted = true;
        Touch();
        Sweep.Add(this);
        _toStore.TakeOver();
        _toClient.TakeOver();
        Client.BecomeBare();
        Store.BecomeBare();
        _toStore.OnReady();
        _toClient.OnReady();
    }

    /// <inheritdoc/>
    public void Stop() => Client.Reactor.Post(static self => ((SpliceJoin)self!).Stop(SpliceEnd.Cancelled), this);

    /// <inheritdoc/>
    public void StopAtBoundary() => Client.Reactor.Joins.EndSoon(this);

    /// <summary>A boundary is asked for; on the reactor.</summary>
    public void BeginEnding()
    {
        if (_isEnding || HasStopped)
        {
            return;
        }

        _isEnding = true;
        Follower?.End();
        LimitBy(_settings.BoundaryLimit);
        // Behind the store's end there is nothing to wait for.
        if (Follower is null or { Stand: SpliceStand.Opaque } || _end == SpliceEnd.StoreClosed)
        {
            Stop(SpliceEnd.Cancelled);
        }
        else if (_isStarted)
        {
            StopIfAtBoundary();
        }
    }

    /// <summary>True when it has stopped: asked to, and all up to the boundary is sent.</summary>
    public bool StopIfAtBoundary()
    {
        if (_isEnding && !HasStopped && Follower is { Stand: SpliceStand.Boundary } && _toClient.HasSentAll)
        {
            Stop(SpliceEnd.AtBoundary);
        }

        return HasStopped;
    }

    /// <summary>Something moves.</summary>
    public void Touch() => _lastActivity = Client.Reactor.Now;

    /// <summary>One direction ends in order; the other may live on for <see cref="SpliceSettings.HalfCloseLimit"/>.</summary>
    public void HalfClosed(SpliceEnd end)
    {
        _end ??= end;
        if (!_isHalfClosed)
        {
            _isHalfClosed = true;
            LimitBy(_settings.HalfCloseLimit);
        }
    }

    /// <summary>True when the other direction has ended already: what follows is the close of both connections.</summary>
    public bool IsLastLeg(SpliceLeg leg) => (leg == _toStore ? _toClient : _toStore).HasEnded;

    /// <summary>A direction has ended and its end was passed on.</summary>
    public void LegEnded()
    {
        if (_toStore.HasEnded && _toClient.HasEnded && !HasStopped)
        {
            HasStopped = true;
            Client.CloseNow();
            Store.CloseNow();
            Finish();
        }
    }

    /// <summary>A side broke: the other must see a break too, or a truncated message would look complete.</summary>
    public void Broken(SpliceEnd end)
    {
        _end ??= end;
        var mine = !HasStopped;
        HasStopped = true;
        Client.Abort();
        Store.Abort();
        if (mine)
        {
            Finish();
        }
    }

    /// <summary>Called by the sweep.</summary>
    public void CheckLimits(long now)
    {
        var quiet = Sweep.Time.GetElapsedTime(_lastActivity, now);
        if (_endAt != 0 && now >= _endAt)
        {
            Stop(_end ?? SpliceEnd.Cancelled);
        }
        else if (quiet >= _settings.IdleLimit)
        {
            Stop(SpliceEnd.Idle);
        }
        else if (!_isKeptAlive && quiet >= KeepAliveAge)
        {
            _isKeptAlive = true;
            Client.Socket.KeepAlive();
            Store.Socket.KeepAlive();
        }
    }

    /// <summary>Stops both directions at once; only the first cause counts. On the reactor.</summary>
    public void Stop(SpliceEnd end)
    {
        if (!HasStopped)
        {
            HasStopped = true;
            _end ??= end;
            if (_isStarted)
            {
                Finish();
            }
        }
    }

    // The nearest limit counts.
    private void LimitBy(TimeSpan limit)
    {
        var time = Sweep.Time;
        var at = Math.Max(1, time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency));
        _endAt = _endAt == 0 ? at : Math.Min(_endAt, at);
    }

    // The last thing that happens here: the owner may do anything with the connections.
    private void Finish()
    {
        Sweep.Remove(this);
        _toStore.Release();
        _toClient.Release();
        _owner.Ended(new SpliceResult(_toStore.Moved, _toClient.Moved, _end!.Value));
    }
}
