using MailProxy.Protocols.Conversations;
using MailProxy.Transport.Splice;

namespace MailProxy.Proxy.Splice;

/// <summary>A protocol's conversation as the transport sees it. The conversation is a value: one small object for each session.</summary>
internal sealed class ProtocolFollower<TConversation>(TConversation conversation) : ISpliceFollower
    where TConversation : struct, IConversation
{
    private TConversation _conversation = conversation;

    /// <inheritdoc/>
    public SpliceStand Stand => _conversation.Stand switch
    {
        ConversationStand.Boundary => SpliceStand.Boundary,
        ConversationStand.Opaque => SpliceStand.Opaque,
        _ => SpliceStand.Busy,
    };

    /// <inheritdoc/>
    public void End() => _conversation.End();

    /// <inheritdoc/>
    public int Follow(bool isFromClient, ReadOnlySpan<byte> octets) =>
        isFromClient ? _conversation.FromClient(octets) : _conversation.FromStore(octets);

    /// <inheritdoc/>
    public long Unseen(bool isFromClient) => isFromClient ? _conversation.UnseenFromClient : _conversation.UnseenFromStore;

    /// <inheritdoc/>
    public void Pass(bool isFromClient, long octets)
    {
        if (isFromClient)
        {
            _conversation.PassFromClient(octets);
        }
        else
        {
            _conversation.PassFromStore(octets);
        }
    }
}
