namespace MailProxy.Routing.Consul.LastGood;

/// <summary>Keeping the last good view on disk, for a start while Consul is away.</summary>
public sealed class LastGoodOptions
{
    // Beyond this a start would be held up for longer than any leader's election (17 s) explains.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Where it is kept; empty: nowhere. It names users: only its owner may read it.</summary>
    public string File { get; set; } = "";

    /// <summary>How long a starting node waits for Consul before it routes by <see cref="File"/>. An agent answers within milliseconds.</summary>
    public TimeSpan After { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How old it may be: who has moved since is looked for at the wrong store. A week is longer than any repair should take.</summary>
    public TimeSpan Limit { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (After < TimeSpan.Zero || After > LongestWait)
        {
            yield return $"{path}:After: {After} is outside 00:00:00 to {LongestWait:c}";
        }

        if (Limit <= TimeSpan.Zero)
        {
            yield return $"{path}:Limit: {Limit} is not above zero; leave {path}:File empty to keep nothing";
        }
    }
}
