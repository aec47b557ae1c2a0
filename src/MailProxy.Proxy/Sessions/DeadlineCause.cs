namespace MailProxy.Proxy.Sessions;

/// <summary>What cancelled a session's token.</summary>
internal enum DeadlineCause
{
    /// <summary>Nothing did.</summary>
    None,

    /// <summary>The limit of one phase passed: the attempt fails, the session may go on.</summary>
    PhaseLimit,

    /// <summary>The time for everything before login passed.</summary>
    PreLogin,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>It is cut without a word.</summary>
    Ended,

    /// <summary>An operator ended it.</summary>
    Kicked,

    /// <summary>The node stops.</summary>
    NodeStops,
}
