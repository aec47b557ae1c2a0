namespace MailProxy.Routing.Moves;

/// <summary>One thing that is done at a store, at the proxies or in Consul. Each may be repeated: done twice is done once.</summary>
public enum MoveAction
{
    /// <summary>The new store fetches what it has not yet, while the user is served at the old one.</summary>
    CopyAhead,

    /// <summary>Wait until every live proxy has confirmed the hold.</summary>
    AwaitProxies,

    /// <summary>The old store refuses the user for now (a lease), and ends what it serves.</summary>
    HoldSource,

    /// <summary>The new store fetches the difference.</summary>
    CopyRest,

    /// <summary>The old store refuses the user for good, and says where to.</summary>
    FenceSource,

    /// <summary>The copy becomes the user's mail.</summary>
    Activate,

    /// <summary>The old store deletes what is left behind, if that was asked for.</summary>
    Purge,

    /// <summary>The record and the confirmations are deleted.</summary>
    Forget,

    /// <summary>The new store throws its copy away; nothing lives there.</summary>
    DropCopy,

    /// <summary>The old store takes its fence back.</summary>
    Unfence,

    /// <summary>The old store serves again.</summary>
    ReleaseSource,

    /// <summary>The route names the old store again, and the record is deleted.</summary>
    Restore,
}
