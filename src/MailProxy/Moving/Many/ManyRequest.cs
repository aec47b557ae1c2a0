namespace MailProxy.Moving.Many;

/// <summary>What <c>stores drain</c>, <c>slots rebalance</c> and <c>slots assign</c> have in common.</summary>
internal sealed record ManyRequest
{
    /// <summary>Begin or go on, show, or tell.</summary>
    public ManyRequestKind Kind { get; init; }

    /// <summary>The stores that take; empty: every one that is online.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Weights by store; a store that is absent keeps the one of the slot table, or 1.</summary>
    public IReadOnlyDictionary<string, int> Weights { get; init; } = new Dictionary<string, int>();

    /// <summary>Users that are moved at a time.</summary>
    public int Parallel { get; init; } = 8;

    /// <summary>Moves that may begin in a minute; 0: as many as can.</summary>
    public int Rate { get; init; }

    /// <summary>The command that copies; null: the stores do.</summary>
    public string? Via { get; init; }

    /// <summary>A file with the users of a store that cannot list them, one a line; null: the store is asked.</summary>
    public string? Users { get; init; }

    /// <summary>What is left behind is deleted.</summary>
    public bool Purge { get; init; }

    /// <summary>How long each user may wait.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(60);
}
