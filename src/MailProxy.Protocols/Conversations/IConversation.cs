namespace MailProxy.Protocols.Conversations;

/// <summary>
/// Follows a conversation after login without keeping any of it: enough to know where it may be ended with a goodbye, and no more. A few octets of
/// state, because every idle session has one. Whoever calls does so for each octet in the order in which it was received, a command before it goes to
/// the store; not thread-safe.
/// </summary>
public interface IConversation
{
    /// <summary>Where it stands now.</summary>
    ConversationStand Stand { get; }

    /// <summary>Octets from the client that may pass without being shown, then told by <see cref="PassFromClient"/>.</summary>
    long UnseenFromClient { get; }

    /// <summary>Octets from the store that may pass without being shown, then told by <see cref="PassFromStore"/>.</summary>
    long UnseenFromStore { get; }

    /// <summary>From now on no new command goes to the store, and nothing comes from it behind the next boundary.</summary>
    void End();

    /// <summary>The client sent these; returns how many of them go to the store. Only an ending conversation holds any back, and those are dropped.</summary>
    int FromClient(ReadOnlySpan<byte> octets);

    /// <summary>The store sent these; returns how many of them go to the client. Only an ending conversation holds any back, and those are dropped.</summary>
    int FromStore(ReadOnlySpan<byte> octets);

    /// <summary>So many octets of the client passed unseen.</summary>
    void PassFromClient(long octets);

    /// <summary>So many octets of the store passed unseen.</summary>
    void PassFromStore(long octets);
}
