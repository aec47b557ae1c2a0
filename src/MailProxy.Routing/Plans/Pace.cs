namespace MailProxy.Routing.Plans;

/// <summary>Lets so many through in a minute, evenly.</summary>
/// <param name="perMinute">0: as many as come.</param>
/// <param name="time">The clock.</param>
public sealed class Pace(int perMinute, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _began = time.GetTimestamp();
    private TimeSpan _next;

    /// <summary>Waits for the next turn; false: <paramref name="enough"/> came first.</summary>
    public async Task<bool> NextAsync(CancellationToken enough, CancellationToken stop)
    {
        if (perMinute > 0)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(enough, stop);
            try
            {
                await Task.Delay(Reserve(), time, either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return false;
            }
        }

        return !enough.IsCancellationRequested;
    }

    private TimeSpan Reserve()
    {
        lock (_gate)
        {
            var now = time.GetElapsedTime(_began);
            var turn = _next > now ? _next : now;
            _next = turn + TimeSpan.FromMinutes(1.0 / perMinute);
            return turn - now;
        }
    }
}
