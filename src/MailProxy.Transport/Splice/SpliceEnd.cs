namespace MailProxy.Transport.Splice;

/// <summary>Who ended a splice first.</summary>
public enum SpliceEnd
{
    /// <summary>The client closed in order.</summary>
    ClientClosed,

    /// <summary>The store closed in order.</summary>
    StoreClosed,

    /// <summary>The client's connection broke.</summary>
    ClientReset,

    /// <summary>The store's connection broke.</summary>
    StoreReset,

    /// <summary>Nothing moved for the idle limit.</summary>
    Idle,

    /// <summary>We were asked to end it.</summary>
    Cancelled,

    /// <summary>We were asked to end it at a boundary, and there it is.</summary>
    AtBoundary,
}
