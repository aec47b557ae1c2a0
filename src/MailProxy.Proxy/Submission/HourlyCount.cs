namespace MailProxy.Proxy.Submission;

/// <summary>
/// A count of the last hour, from two hours of the clock: the present one, and that part of the one before which is less than an hour ago, as if it had been
/// spread evenly. It costs three numbers whatever the limit, and is never off by more than the hour before was uneven.
/// </summary>
/// <param name="Hour">Hours since 1970.</param>
/// <param name="Count">In it.</param>
/// <param name="Before">In the hour before it.</param>
internal readonly record struct HourlyCount(long Hour, int Count, int Before)
{
    /// <summary>Seconds of an hour.</summary>
    public const int Seconds = 3_600;

    /// <summary>The same count, looked at later.</summary>
    public HourlyCount At(DateTimeOffset now)
    {
        var hour = now.ToUnixTimeSeconds() / Seconds;
        return hour == Hour ? this : hour == Hour + 1 ? new(hour, 0, Count) : new(hour, 0, 0);
    }

    /// <summary>How many within the last hour, at a time within <see cref="Hour"/>.</summary>
    public double Within(DateTimeOffset now) => Count + (Before * (1 - (now.ToUnixTimeSeconds() % Seconds / (double)Seconds)));

    /// <summary>One more.</summary>
    public HourlyCount Next() => this with { Count = Count + 1 };

    /// <summary>One less of those of an hour: it was not to be. Of an hour that counts no more nothing is left to take.</summary>
    public HourlyCount Back(long hour) =>
        hour == Hour ? this with { Count = Math.Max(0, Count - 1) } : hour == Hour - 1 ? this with { Before = Math.Max(0, Before - 1) } : this;
}
