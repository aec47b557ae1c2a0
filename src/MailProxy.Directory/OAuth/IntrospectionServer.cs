namespace MailProxy.Directory.OAuth;

/// <summary>One introspection endpoint, and how it fares.</summary>
internal sealed class IntrospectionServer(Uri url, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private int _failures;
    private long _resumesAt;
    private string? _problem = "it was not asked yet";

    /// <summary>As configured.</summary>
    public Uri Url => url;

    /// <summary>Without what may be secret in it.</summary>
    public string Name { get; } = url.GetLeftPart(UriPartial.Path);

    /// <summary>Why it is put aside; null: it is not.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>When it may be asked again: the clock's timestamp.</summary>
    public long ResumesAt => Interlocked.Read(ref _resumesAt);

    /// <summary>It may be asked.</summary>
    public bool IsDue => Problem is null || time.GetTimestamp() >= ResumesAt;

    /// <summary>It failed: leaves it alone for a time that doubles; returns for how long, or null if another login has just done so.</summary>
    public TimeSpan? PutAside(string problem)
    {
        lock (_lock)
        {
            if (_failures > 0 && _problem is not null && time.GetTimestamp() < _resumesAt)
            {
                return null;
            }

            var pause = Backoff.After(_failures++, FirstPause, LongestPause, Random.Shared.NextDouble());
            Interlocked.Exchange(ref _resumesAt, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
            Volatile.Write(ref _problem, problem);
            return pause;
        }
    }

    /// <summary>It answered; true when it was put aside before.</summary>
    public bool Restore()
    {
        if (Problem is null)
        {
            return false;
        }

        lock (_lock)
        {
            var hadFailed = _failures > 0;
            _failures = 0;
            Volatile.Write(ref _problem, null);
            return hadFailed;
        }
    }
}
