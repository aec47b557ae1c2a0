namespace MailProxy.Proxy.Tests.Soak;

/// <summary>What one client of a soak does with its connection.</summary>
internal enum SoakAct
{
    /// <summary>Connects and leaves.</summary>
    LeaveAtOnce,

    /// <summary>Leaves in the middle of a TLS hello.</summary>
    LeaveInHello,

    /// <summary>Leaves in the middle of a login line, or before its answer.</summary>
    LeaveInLogin,

    /// <summary>Logs in with a wrong password.</summary>
    FailLogin,

    /// <summary>Logs in, speaks, and closes in order.</summary>
    Speak,

    /// <summary>Ends its direction and reads to the end.</summary>
    HalfClose,

    /// <summary>Downloads all of something large.</summary>
    Get,

    /// <summary>Leaves while it downloads, reading or not.</summary>
    LeaveInGet,

    /// <summary>Uploads all of something large.</summary>
    Put,

    /// <summary>Leaves while it uploads.</summary>
    LeaveInPut,

    /// <summary>The store leaves while the client downloads.</summary>
    StoreLeaves,

    /// <summary>Uploads to a store that does not read, then leaves.</summary>
    Stuck,

    /// <summary>Is idle until its user moves to another store.</summary>
    Moved,
}
