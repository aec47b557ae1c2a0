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

    /// <summary>The session's user lives elsewhere now, or an operator ended it.</summary>
    Ended,

    /// <summary>The node stops.</summary>
    NodeStops,
}
