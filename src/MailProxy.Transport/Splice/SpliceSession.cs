using MailProxy.Transport.Connections;

namespace MailProxy.Transport.Splice;

/// <summary>One join of two connections: two pumps, and the first cause that ended it.</summary>
internal sealed class SpliceSession(MailConnection client, MailConnection store, SpliceSettings settings, SpliceSweep sweep)
{
    private const int NoEnd = -1;

    private long _lastActivity = sweep.Time.GetTimestamp();
    private long _halfClosedAt;
    private int _end = NoEnd;
    private Action _cancel = static () => { };

    /// <summary>Cancelled when both pumps must stop at once.</summary>
    public CancellationToken Stopping { get; private set; }

    /// <summary>Pumps until both directions ended. Never throws for what peers do.</summary>
    public async ValueTask<SpliceResult> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource();
        Stopping = stop.Token;
        _cancel = stop.Cancel;
        sweep.Add(this);
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static self => ((SpliceSession)self!).Stop(SpliceEnd.Cancelled), this);
            var toStore = new SplicePump(this, client, store, SpliceEnd.ClientClosed, SpliceEnd.ClientReset, SpliceEnd.StoreReset);
            var toClient = new SplicePump(this, store, client, SpliceEnd.StoreClosed, SpliceEnd.StoreReset, SpliceEnd.ClientReset);
            await Task.WhenAll(toStore.RunAsync(), toClient.RunAsync());
            return new SpliceResult(toStore.Moved, toClient.Moved, (SpliceEnd)_end);
        }
        finally
        {
            sweep.Remove(this);
        }
    }

    /// <summary>Something moved.</summary>
    public void Touch() => Volatile.Write(ref _lastActivity, sweep.Time.GetTimestamp());

    /// <summary>One direction ended in order; the other may live on for <see cref="SpliceSettings.HalfCloseLimit"/>.</summary>
    public void HalfClosed(SpliceEnd end)
    {
        Interlocked.CompareExchange(ref _end, (int)end, NoEnd);
        // Zero means "not half-closed", so an (unlikely) timestamp of zero becomes one.
        Interlocked.CompareExchange(ref _halfClosedAt, Math.Max(1, sweep.Time.GetTimestamp()), 0);
    }

    /// <summary>A side broke: the other must see a break too, or a truncated message would look complete.</summary>
    public void Broken(SpliceEnd end)
    {
        Stop(end);
        client.Abort();
        store.Abort();
    }

    /// <summary>Called by the sweep.</summary>
    public void CheckLimits(long now)
    {
        var halfClosedAt = Volatile.Read(ref _halfClosedAt);
        if (halfClosedAt != 0 && sweep.Time.GetElapsedTime(halfClosedAt, now) >= settings.HalfCloseLimit)
        {
            Stop((SpliceEnd)Volatile.Read(ref _end));
        }
        else if (sweep.Time.GetElapsedTime(Volatile.Read(ref _lastActivity), now) >= settings.IdleLimit)
        {
            Stop(SpliceEnd.Idle);
        }
    }

    /// <summary>Stops both pumps; only the first cause counts.</summary>
    public void Stop(SpliceEnd end)
    {
        Interlocked.CompareExchange(ref _end, (int)end, NoEnd);
        try
        {
            _cancel();
        }
        catch (ObjectDisposedException)
        {
            // Both directions ended while the sweep or the caller was about to say so.
        }
    }
}
