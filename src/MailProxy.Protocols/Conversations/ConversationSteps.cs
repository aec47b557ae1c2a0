namespace MailProxy.Protocols.Conversations;

/// <summary>Step after step, until the octets are used up or none may pass any more. For structs, so that nothing is boxed and each has code of its own.</summary>
internal static class ConversationSteps
{
    /// <summary><see cref="IConversation.FromClient"/>.</summary>
    public static int FromClient<T>(ref T conversation, ReadOnlySpan<byte> octets)
        where T : struct, IConversationSteps
    {
        var at = 0;
        while (at < octets.Length)
        {
            if (conversation.IsOpaque)
            {
                return octets.Length;
            }

            if (conversation.IsClientHeld)
            {
                return at;
            }

            at += conversation.ClientStep(octets[at..]);
        }

        return at;
    }

    /// <summary><see cref="IConversation.FromStore"/>.</summary>
    public static int FromStore<T>(ref T conversation, ReadOnlySpan<byte> octets)
        where T : struct, IConversationSteps
    {
        var at = 0;
        while (at < octets.Length)
        {
            if (conversation.IsOpaque)
            {
                return octets.Length;
            }

            if (conversation.IsStoreHeld)
            {
                return at;
            }

            at += conversation.StoreStep(octets[at..]);
        }

        return at;
    }
}
