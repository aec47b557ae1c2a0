namespace MailProxy.Store.Serving;

/// <summary>How a read from a peer ended.</summary>
internal enum LineReadStatus
{
    /// <summary>A line is there.</summary>
    Done,

    /// <summary>Not a line of the grammar; it was skipped.</summary>
    Malformed,

    /// <summary>Over the limit: nothing behind it can be trusted to be a line.</summary>
    TooLong,

    /// <summary>The peer went away, in order or not.</summary>
    Closed,

    /// <summary>The peer was silent for too long.</summary>
    Idle,

    /// <summary>This server is to stop.</summary>
    Stopping,
}
