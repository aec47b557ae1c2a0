namespace MailProxy.Routing.Consul.Watch;

/// <summary>The numbers of a watch.</summary>
internal sealed record WatchOptions
{
    /// <summary>How long a blocking query may wait.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between the starts of two reads: bounds the load of a busy prefix (or of an agent that returns at once) to five reads a second,
    /// and still lets a change through well within the second that operators were promised.</summary>
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>First pause after a failure; doubles. A killed leader answers with instant 500s for about 6 s.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest pause after failures: an agent that is back is noticed within it.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause while blocking queries return early again and again without a change (a server that stops does that).</summary>
    public TimeSpan MaxEarlyPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Until a doubted answer is read again.</summary>
    public TimeSpan DoubtInterval { get; init; } = TimeSpan.FromSeconds(1);
}
