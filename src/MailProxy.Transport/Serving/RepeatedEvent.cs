namespace MailProxy.Transport.Serving;

/// <summary>
/// Something that may happen thousands of times a second and must not be told as often: the first time is told at once, repetitions once per
/// period with their number.
/// </summary>
/// <param name="time">The clock of the periods.</param>
/// <param name="tell">Gets how often it happened since it was told last; at least 1.</param>
internal sealed class RepeatedEvent(TimeProvider time, Action<long> tell) : IDisposable
{
    /// <summary>Often enough to watch, rare enough for a log that is read.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _untold;
    private ITimer? _timer;
    private bool _isDisposed;

    /// <summary>It happened.</summary>
    public void Happened()
    {
        lock (_gate)
        {
            if (_timer is not null || _isDisposed)
            {
                _untold++;
                return;
            }

            _timer = time.CreateTimer(static self => ((RepeatedEvent)self!).EndPeriod(), this, Period, Timeout.InfiniteTimeSpan);
        }

        tell(1);
    }

    /// <summary>Tells what was not told yet.</summary>
    public void Dispose()
    {
        long count;
        lock (_gate)
        {
            _isDisposed = true;
            _timer?.Dispose();
            (count, _untold) = (_untold, 0);
        }

        if (count > 0)
        {
            tell(count);
        }
    }

    private void EndPeriod()
    {
        long count;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            (count, _untold) = (_untold, 0);
            if (count == 0)
            {
                // Quiet for a whole period: the next one is news again.
                _timer!.Dispose();
                _timer = null;
                return;
            }

            _timer!.Change(Period, Timeout.InfiniteTimeSpan);
        }

        tell(count);
    }
}
