namespace MailProxy.Store.Imap.Session;

/// <summary>The verdict on a command: status and text of its tagged response.</summary>
/// <param name="Status">OK, NO or BAD; empty when the tagged response was sent already.</param>
/// <param name="Text">Response code, if any, and human text.</param>
internal readonly record struct ImapReply(string Status, string Text)
{
    /// <summary>Nothing is left to say.</summary>
    public static ImapReply Said { get; } = new("", "");

    /// <summary>Not our mailbox: the client may create it and try again.</summary>
    public static ImapReply TryCreate { get; } = No("[TRYCREATE] No such mailbox.");

    /// <summary>There is no such mailbox.</summary>
    public static ImapReply NoMailbox { get; } = No("[NONEXISTENT] No such mailbox.");

    /// <summary>The mailbox was opened by EXAMINE.</summary>
    public static ImapReply ReadOnly { get; } = No("[NOPERM] The mailbox is open for reading only.");

    /// <summary>Done.</summary>
    public static ImapReply Ok(string text) => new("OK", text);

    /// <summary>Understood and not done.</summary>
    public static ImapReply No(string text) => new("NO", text);

    /// <summary>Not understood.</summary>
    public static ImapReply Bad(string text) => new("BAD", text);
}
