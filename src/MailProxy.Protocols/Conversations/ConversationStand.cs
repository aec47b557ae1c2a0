namespace MailProxy.Protocols.Conversations;

/// <summary>Whether a conversation may be ended with a goodbye.</summary>
public enum ConversationStand
{
    /// <summary>Something is under way: a literal, a line, a message, or a command without its answer.</summary>
    Busy,

    /// <summary>Everything that was asked is answered, and the client understands a goodbye as the next thing it hears.</summary>
    Boundary,

    /// <summary>It cannot be followed any more: compressed, encrypted, or not what its protocol says.</summary>
    Opaque,
}
