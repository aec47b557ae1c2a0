namespace MailProxy.Directory.Cache;

/// <summary>How long a directory's answers are good. Section <c>Directory:Cache</c>.</summary>
public sealed class DirectoryCacheOptions
{
    /// <summary>
    /// How long a user's right password needs no second question. So long may somebody who was disabled, or whose password was changed, log in by the
    /// old one; a session takes hours, so a minute of it changes little and spares the directory the reconnects after a network fault. Zero: each login asks.
    /// </summary>
    public TimeSpan Positive { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a refusal is repeated without asking: for that very password only, so whoever corrects it is not held up. Zero: each attempt asks.</summary>
    public TimeSpan Negative { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For how long, counted from its end, a good answer still serves while the directory cannot say anything: a night's outage of the directory
    /// should not be one of mail, and whoever never logged in before it has to wait. Zero: never.
    /// </summary>
    public TimeSpan LastGood { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Answers kept, of logins and of addresses each. One takes about 300 octets: 30 MB.</summary>
    public int Entries { get; set; } = 100_000;

    /// <summary>True when nothing is to be kept.</summary>
    internal bool IsOff => Positive == TimeSpan.Zero && Negative == TimeSpan.Zero && LastGood == TimeSpan.Zero;

    /// <summary>Everything that is wrong, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        foreach (var (name, value, most) in new[]
        {
            (nameof(Positive), Positive, TimeSpan.FromDays(1)), (nameof(Negative), Negative, TimeSpan.FromMinutes(10)), (nameof(LastGood), LastGood, TimeSpan.FromDays(7)),
        })
        {
            if (value < TimeSpan.Zero || value > most)
            {
                yield return $"{path}:{name}: give a time from zero (off) to {most}.";
            }
        }

        if (Entries is < 16 or > 10_000_000)
        {
            yield return $"{path}:{nameof(Entries)}: give 16 to 10000000.";
        }
    }
}
