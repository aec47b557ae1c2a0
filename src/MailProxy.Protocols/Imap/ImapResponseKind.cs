namespace MailProxy.Protocols.Imap;

/// <summary>What stands before a response (RFC 9051 2.2.2).</summary>
public enum ImapResponseKind
{
    /// <summary><c>*</c>: data, or a status that answers no command.</summary>
    Untagged,

    /// <summary>The tag of a command: its verdict.</summary>
    Tagged,

    /// <summary><c>+</c>: the server waits for the rest of a command.</summary>
    Continuation,
}
