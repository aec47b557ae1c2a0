namespace MailProxy.Protocols.Conversations;

/// <summary>A conversation that is followed by steps, each of which uses some octets, or none when only the place changes.</summary>
internal interface IConversationSteps
{
    /// <summary>Nothing is followed any more.</summary>
    bool IsOpaque { get; }

    /// <summary>It is ending, and the client is where nothing more of its goes to the store.</summary>
    bool IsClientHeld { get; }

    /// <summary>It is ending, and the store is where nothing more of its goes to the client.</summary>
    bool IsStoreHeld { get; }

    /// <summary>The next octets of the client, at least one; how many were used.</summary>
    int ClientStep(ReadOnlySpan<byte> octets);

    /// <summary>The next octets of the store, at least one; how many were used.</summary>
    int StoreStep(ReadOnlySpan<byte> octets);
}
