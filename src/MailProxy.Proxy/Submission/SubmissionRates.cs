namespace MailProxy.Proxy.Submission;

/// <summary>
/// Counts what each submitter sends within an hour. This node's own count is always kept and always holds; where all nodes share one, that holds as well as
/// long as it can be asked. Who sent nothing for an hour is forgotten.
/// </summary>
/// <param name="shared">The count of all nodes; null: there is none.</param>
/// <param name="time">The clock.</param>
internal sealed class SubmissionRates(ISharedRates? shared, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(SubmissionCount What, string User), HourlyCount> _counts = [];
    private long _sweptHour;

    /// <summary>Users that are remembered, once for each thing that is counted of them.</summary>
    public int Entries
    {
        get
        {
            lock (_gate)
            {
                return _counts.Count;
            }
        }
    }

    /// <summary>Counts one more. False: the limit is reached, and nothing was counted. A limit of 0 is none, and nothing is counted either.</summary>
    public async ValueTask<bool> TakeAsync(SubmissionCount what, string user, int limit)
    {
        if (limit == 0)
        {
            return true;
        }

        if (!TryTake(what, user, limit, out var hour))
        {
            return false;
        }

        if (shared is null || await shared.TakeAsync(what, user, limit) is not false)
        {
            return true;
        }

        lock (_gate)
        {
            if (_counts.TryGetValue((what, user), out var count))
            {
                // Another hour of the clock may have begun while all nodes' count was asked.
                _counts[(what, user)] = count.Back(hour);
            }
        }

        return false;
    }

    private bool TryTake(SubmissionCount what, string user, int limit, out long hour)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            Sweep(now);
            var count = _counts.GetValueOrDefault((what, user)).At(now);
            hour = count.Hour;
            if (count.Within(now) + 1 > limit)
            {
                return false;
            }

            _counts[(what, user)] = count.Next();
            return true;
        }
    }

    // Once in an hour: those whose last hour counts no more.
    private void Sweep(DateTimeOffset now)
    {
        var hour = now.ToUnixTimeSeconds() / HourlyCount.Seconds;
        if (hour == _sweptHour)
        {
            return;
        }

        _sweptHour = hour;
        foreach (var (key, count) in _counts)
        {
            if (count.Hour < hour - 1)
            {
                _counts.Remove(key);
            }
        }
    }
}
