using System.Diagnostics.CodeAnalysis;
using MailProxy.Transport.Connections;

namespace MailProxy.Transport.Splice;

/// <summary>One join of two connections: two pumps, and the first cause that ended it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has neither timer nor other people's registrations, and a late stop must find it alive.")]
internal sealed class SpliceSession(MailConnection client, MailConnection store, SpliceSettings settings, SpliceSweep sweep, ISpliceFollower? follower) : ISplice
{
    private const int NoEnd = -1;

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _following = new();
    private SplicePump? _toStore;
    private SplicePump? _toClient;
    private long _lastActivity = sweep.Time.GetTimestamp();
    private long _halfClosedAt;
    private long _endingAt;
    private int _end = NoEnd;
    private bool _isEnding;

    // The last words of the dialogue may still have to be flushed.
    private bool _isClientOwed = true;
    private bool _isAtBoundary;

    /// <inheritdoc/>
    public long MovedToStore => _toStore?.Moved ?? 0;

    /// <inheritdoc/>
    public long MovedToClient => _toClient?.Moved ?? 0;

    /// <summary>Cancelled when both pumps must stop at once.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Pumps until both directions ended, then tells the owner. Never throws for what peers do.</summary>
    public async Task RunAsync(ISpliceOwner owner)
    {
        sweep.Add(this);
        _toStore = new SplicePump(this, isToStore: true, client, store, SpliceEnd.ClientClosed, SpliceEnd.ClientReset, SpliceEnd.StoreReset);
        _toClient = new SplicePump(this, isToStore: false, store, client, SpliceEnd.StoreClosed, SpliceEnd.StoreReset, SpliceEnd.ClientReset);
        try
        {
            await Task.WhenAll(_toStore.RunAsync(), _toClient.RunAsync());
        }
        finally
        {
            sweep.Remove(this);
        }

        if (_toStore.HasEnded && _toClient.HasEnded)
        {
            await CloseAsync(client);
            await CloseAsync(store);
        }

        owner.Ended(new SpliceResult(_toStore.Moved, _toClient.Moved, (SpliceEnd)_end));
    }

    /// <inheritdoc/>
    public void Stop() => Stop(SpliceEnd.Cancelled);

    /// <inheritdoc/>
    public void StopAtBoundary()
    {
        lock (_following)
        {
            if (_isEnding)
            {
                return;
            }

            _isEnding = true;
            follower?.End();
        }

        Volatile.Write(ref _endingAt, Math.Max(1, sweep.Time.GetTimestamp()));
        // Behind the store's end there is nothing to wait for.
        if (follower is null || IsOpaque() || Volatile.Read(ref _end) == (int)SpliceEnd.StoreClosed)
        {
            Stop();
        }

        StopIfAtBoundary();
    }

    /// <summary>Octets were received: how many of them may be passed on. Once the splice is at its boundary, none.</summary>
    public int Follow(bool isFromClient, ReadOnlySpan<byte> octets)
    {
        if (follower is null)
        {
            return octets.Length;
        }

        lock (_following)
        {
            if (_isAtBoundary)
            {
                return 0;
            }

            var passing = follower.Follow(isFromClient, octets);
            // Between this and the end of the write the follower is ahead of what the client has.
            _isClientOwed |= !isFromClient && passing > 0;
            return passing;
        }
    }

    /// <summary>What <see cref="Follow"/> let pass is written.</summary>
    public void Followed(bool isFromClient)
    {
        if (follower is null)
        {
            return;
        }

        lock (_following)
        {
            _isClientOwed &= isFromClient;
        }

        StopIfAtBoundary();
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
        var endingAt = Volatile.Read(ref _endingAt);
        var halfClosedAt = Volatile.Read(ref _halfClosedAt);
        if (halfClosedAt != 0 && sweep.Time.GetElapsedTime(halfClosedAt, now) >= settings.HalfCloseLimit)
        {
            Stop((SpliceEnd)Volatile.Read(ref _end));
        }
        else if (sweep.Time.GetElapsedTime(Volatile.Read(ref _lastActivity), now) >= settings.IdleLimit)
        {
            Stop(SpliceEnd.Idle);
        }

        if (endingAt != 0 && sweep.Time.GetElapsedTime(endingAt, now) >= settings.BoundaryLimit)
        {
            Stop();
        }
    }

    /// <summary>Stops both pumps; only the first cause counts.</summary>
    public void Stop(SpliceEnd end)
    {
        Interlocked.CompareExchange(ref _end, (int)end, NoEnd);
        _stop.Cancel();
    }

    private bool IsOpaque()
    {
        lock (_following)
        {
            return follower!.Stand == SpliceStand.Opaque;
        }
    }

    private void StopIfAtBoundary()
    {
        lock (_following)
        {
            if (!_isEnding || _isAtBoundary || _isClientOwed || follower is not { Stand: SpliceStand.Boundary })
            {
                return;
            }

            _isAtBoundary = true;
        }

        Stop(SpliceEnd.AtBoundary);
    }

    private static async ValueTask CloseAsync(MailConnection connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
        {
            // Both directions had ended: nothing is lost with a connection that cannot even be closed in order.
            connection.Abort();
        }
    }
}
