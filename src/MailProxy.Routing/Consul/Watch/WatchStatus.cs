namespace MailProxy.Routing.Consul.Watch;

/// <summary>How a watch fares; written by its loop, read by anyone.</summary>
internal sealed class WatchStatus(TimeProvider time)
{
    private readonly Lock gate = new();
    private long confirmed = time.GetTimestamp();
    private long failingSince;
    private string? failure;
    private bool hasAnswer;

    /// <summary>Since the last good answer (or the start).</summary>
    public TimeSpan Age
    {
        get
        {
            lock (gate)
            {
                return time.GetElapsedTime(confirmed);
            }
        }
    }

    /// <summary>There was a good answer.</summary>
    public bool IsConfirmed
    {
        get
        {
            lock (gate)
            {
                return hasAnswer;
            }
        }
    }

    /// <summary>What is served instead of a first answer was confirmed so long ago.</summary>
    public void Assume(TimeSpan age)
    {
        lock (gate)
        {
            if (!hasAnswer)
            {
                confirmed = time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);
            }
        }
    }

    /// <summary>What is wrong and since when, as a phrase; null when the last answer was good.</summary>
    public string? Problem
    {
        get
        {
            lock (gate)
            {
                return failure is null ? null : $"{failure}; for {time.GetElapsedTime(failingSince).TotalSeconds:0} s";
            }
        }
    }

    /// <summary>A good answer; returns for how long there was none, if the last was bad.</summary>
    public TimeSpan? Succeeded()
    {
        lock (gate)
        {
            TimeSpan? outage = failure is null ? null : time.GetElapsedTime(failingSince);
            failure = null;
            hasAnswer = true;
            confirmed = time.GetTimestamp();
            return outage;
        }
    }

    /// <summary>No good answer; true when this is news: the first failure, or another text than last time.</summary>
    public bool Failed(string text)
    {
        lock (gate)
        {
            var news = failure != text;
            if (failure is null)
            {
                failingSince = time.GetTimestamp();
            }

            failure = text;
            return news;
        }
    }
}
