namespace MailProxy.Proxy.Wire;

/// <summary>How a read from a peer ended.</summary>
internal enum WireStatus
{
    /// <summary>A value was read.</summary>
    Done,

    /// <summary>The peer closed, in order or not.</summary>
    Closed,

    /// <summary>What came is not of the grammar; it was skipped if its end could be told.</summary>
    Malformed,

    /// <summary>What came passes the limit; the session cannot go on.</summary>
    TooLong,
}
