using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Splice;

namespace MailProxy.Transport.Linux.Splice;

/// <summary>One join of two connections on one reactor: two legs, and the first cause that ended it. All an idle session keeps besides its sockets.</summary>
internal sealed class SpliceJoin
{
    private readonly Completion<SpliceResult> _completion = new();
    private readonly LinuxConnection _client;
    private readonly LinuxConnection _store;
    private readonly SpliceSettings _settings;
    private readonly JoinSweep _sweep;
    private readonly SpliceLeg _toStore;
    private readonly SpliceLeg _toClient;
    private CancellationTokenRegistration _registration;
    private SpliceEnd? _end;
    private long _lastActivity;
    private long _halfClosedAt;

    /// <summary>Both connections live on the reactor whose thread runs this.</summary>
    public SpliceJoin(LinuxConnection client, LinuxConnection store, SpliceSettings settings)
    {
        (_client, _store, _settings, _sweep) = (client, store, settings, client.Reactor.Joins);
        _toStore = new SpliceLeg(this, client, store, SpliceEnd.ClientClosed, SpliceEnd.ClientReset, SpliceEnd.StoreReset);
        _toClient = new SpliceLeg(this, store, client, SpliceEnd.StoreClosed, SpliceEnd.StoreReset, SpliceEnd.ClientReset);
        _completion.Begin();
    }

    /// <summary>Ends when the join has ended; never with an error.</summary>
    public ValueTask<SpliceResult> Task => _completion.Task;

    /// <summary>Nothing is moved any more.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>The sweep's own.</summary>
    public int SweepIndex { get; set; }

    /// <summary>Begins to move octets.</summary>
    public void Start(CancellationToken cancellationToken)
    {
        Touch();
        _sweep.Add(this);
        _toStore.TakeOver();
        _toClient.TakeOver();
        _client.DropPipes();
        _store.DropPipes();
        _registration = cancellationToken.UnsafeRegister(static self => ((SpliceJoin)self!).PostCancelled(), this);
        _toStore.OnReady();
        _toClient.OnReady();
    }

    /// <summary>Something moves.</summary>
    public void Touch() => _lastActivity = _sweep.Time.GetTimestamp();

    /// <summary>One direction ends in order; the other may live on for <see cref="SpliceSettings.HalfCloseLimit"/>.</summary>
    public void HalfClosed(SpliceEnd end)
    {
        _end ??= end;
        if (_halfClosedAt == 0)
        {
            // Zero means "not half-closed", so an (unlikely) timestamp of zero becomes one.
            _halfClosedAt = Math.Max(1, _sweep.Time.GetTimestamp());
        }
    }

    /// <summary>A direction has ended and its end was passed on.</summary>
    public void LegEnded()
    {
        if (_toStore.HasEnded && _toClient.HasEnded)
        {
            Stop(_end!.Value);
        }
    }

    /// <summary>A side broke: the other must see a break too, or a truncated message would look complete.</summary>
    public void Broken(SpliceEnd end)
    {
        _end ??= end;
        var mine = !HasStopped;
        HasStopped = true;
        _client.Abort();
        _store.Abort();
        if (mine)
        {
            Finish();
        }
    }

    /// <summary>Called by the sweep.</summary>
    public void CheckLimits(long now)
    {
        if (_halfClosedAt != 0 && _sweep.Time.GetElapsedTime(_halfClosedAt, now) >= _settings.HalfCloseLimit)
        {
            Stop(_end!.Value);
        }
        else if (_sweep.Time.GetElapsedTime(_lastActivity, now) >= _settings.IdleLimit)
        {
            Stop(SpliceEnd.Idle);
        }
    }

    /// <summary>Stops both directions at once; only the first cause counts.</summary>
    public void Stop(SpliceEnd end)
    {
        if (!HasStopped)
        {
            HasStopped = true;
            _end ??= end;
            Finish();
        }
    }

    private void PostCancelled() => _client.Reactor.Post(static self => ((SpliceJoin)self!).Stop(SpliceEnd.Cancelled), this);

    private void Finish()
    {
        _sweep.Remove(this);
        _registration.Unregister();
        _toStore.Release();
        _toClient.Release();
        _completion.Succeed(new SpliceResult(_toStore.Moved, _toClient.Moved, _end!.Value));
    }
}
