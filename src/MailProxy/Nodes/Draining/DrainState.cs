namespace MailProxy.Nodes.Draining;

/// <summary>How far a drain is.</summary>
internal enum DrainState
{
    /// <summary>There is none.</summary>
    Serving,

    /// <summary>Not ready any more, and still accepting: balancers have time to see it.</summary>
    Refusing,

    /// <summary>Nothing is accepted; sessions are asked to end, one after the other.</summary>
    Ending,

    /// <summary>No session is left.</summary>
    Drained,
}
