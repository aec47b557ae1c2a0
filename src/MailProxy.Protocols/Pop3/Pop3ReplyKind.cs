namespace MailProxy.Protocols.Pop3;

/// <summary>How a POP3 reply begins.</summary>
public enum Pop3ReplyKind
{
    /// <summary><c>+OK</c>.</summary>
    Ok,

    /// <summary><c>-ERR</c>.</summary>
    Err,

    /// <summary><c>+</c> and a SASL challenge (RFC 5034 4).</summary>
    Continuation,
}
