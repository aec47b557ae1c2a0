namespace MailProxy.Store.Imap.Session;

/// <summary>What came from the client.</summary>
internal enum ImapInputKind
{
    /// <summary>A whole command.</summary>
    Command,

    /// <summary>An APPEND up to its message, whose octets have not been read.</summary>
    Streaming,

    /// <summary>Not a command; it was skipped.</summary>
    Malformed,

    /// <summary>A synchronizing literal that is too long: it was not invited, so the client does not send it.</summary>
    Refused,

    /// <summary>A line or a literal that is too long and on its way: the session cannot find its end.</summary>
    TooLong,

    /// <summary>The client closed.</summary>
    Closed,
}
