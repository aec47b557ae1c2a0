namespace MailProxy.Proxy.Tests.Rig;

/// <summary>What goes wrong at a store.</summary>
public enum StoreTrouble
{
    /// <summary>It closes in order.</summary>
    Closes,

    /// <summary>It cuts the connection.</summary>
    Resets,

    /// <summary>It says and reads nothing any more.</summary>
    Stalls,

    /// <summary>It says what no store says, and waits.</summary>
    TalksNonsense,

    /// <summary>It says 4xx.</summary>
    Defers,
}
