namespace MailProxy.Store.Engine;

/// <summary>How an operation on a mailbox name ended.</summary>
public enum MailboxOutcome
{
    /// <summary>Done and durable.</summary>
    Done,

    /// <summary>There is no such mailbox.</summary>
    NotFound,

    /// <summary>The name is taken.</summary>
    AlreadyExists,

    /// <summary>The name is empty, has an empty level, a control character, or is over 500 octets.</summary>
    InvalidName,

    /// <summary>Not for INBOX.</summary>
    NotPermitted,
}
