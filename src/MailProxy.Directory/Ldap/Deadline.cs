namespace MailProxy.Directory.Ldap;

/// <summary>Until when one question must be answered, the waiting in line and all servers included.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan budget)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Negative when it is over.</summary>
    public TimeSpan Remaining => budget - time.GetElapsedTime(_start);

    /// <summary>The shorter of a limit and what is left, at least a millisecond: 0 means "for ever" to libldap.</summary>
    public TimeSpan AtMost(TimeSpan limit)
    {
        var remaining = Remaining;
        return remaining >= limit ? limit : remaining > TimeSpan.FromMilliseconds(1) ? remaining : TimeSpan.FromMilliseconds(1);
    }
}
