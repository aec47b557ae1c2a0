namespace MailProxy.Directory.Guard;

/// <summary>What makes guessing passwords slow. Section <c>Directory:Guard</c>.</summary>
public sealed class GuardOptions
{
    /// <summary>Different wrong passwords of a user, or from an address, before delays begin: people have a few and mistype them.</summary>
    public int Free { get; set; } = 5;

    /// <summary>The same for an address from which somebody lately logged in: an office or a mobile network behind one address has many people.</summary>
    public int FreeWhereKnown { get; set; } = 50;

    /// <summary>The first delay; each further failure doubles it.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between two attempts: four an hour per user, whatever number of addresses they come from, would lock owners out; four a minute do not.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an attempt may wait for its turn; whose turn is later is refused at once. Mail programs give up after about 30 s.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Failures are forgotten when so long none came.</summary>
    public TimeSpan Memory { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long an address is known for a user, or for anybody, after a login.</summary>
    public TimeSpan Known { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Users and addresses remembered, each. One takes about 300 octets: 30 MB.</summary>
    public int Entries { get; set; } = 50_000;

    /// <summary>Attempts that wait at once; each holds a session.</summary>
    public int Waiting { get; set; } = 2_000;

    /// <summary>Everything that is wrong, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        foreach (var (name, value) in new[]
        {
            (nameof(FirstDelay), FirstDelay), (nameof(LongestDelay), LongestDelay), (nameof(LongestWait), LongestWait), (nameof(Memory), Memory), (nameof(Known), Known),
        })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(90))
            {
                yield return $"{path}:{name}: give a time above zero and up to 90 days.";
            }
        }

        foreach (var (name, value) in new[] { (nameof(Free), Free), (nameof(FreeWhereKnown), FreeWhereKnown), (nameof(Waiting), Waiting) })
        {
            if (value is < 1 or > 1_000_000)
            {
                yield return $"{path}:{name}: give 1 to 1000000.";
            }
        }

        if (Entries is < 16 or > 10_000_000)
        {
            yield return $"{path}:{nameof(Entries)}: give 16 to 10000000.";
        }
    }
}
