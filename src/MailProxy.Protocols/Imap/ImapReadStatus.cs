namespace MailProxy.Protocols.Imap;

/// <summary>What <see cref="ImapCommandReader"/> says about the bytes of one command.</summary>
public enum ImapReadStatus
{
    /// <summary>The command is whole.</summary>
    Done,

    /// <summary>More bytes are needed; nothing has to be said to the client.</summary>
    NeedMore,

    /// <summary>The command stopped at a literal whose octets are not all here: answer <c>+</c> once if it is synchronizing, then read on.</summary>
    NeedLiteral,

    /// <summary>Bare CR or LF, NUL in a line, or a literal header that is none.</summary>
    Malformed,

    /// <summary>A line, a literal or the whole command passes its limit.</summary>
    TooLong,
}
