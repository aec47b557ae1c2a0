using MailProxy.Protocols.Conversations;
using MailProxy.Transport.Splice;

namespace MailProxy.Proxy.Splice;

/// <summary>Who follows a spliced session.</summary>
internal static class ProtocolFollowers
{
    /// <summary>A new follower of a protocol that is spliced; null: its sessions cannot be followed.</summary>
    public static ISpliceFollower? Of(MailProtocol protocol) => protocol switch
    {
        MailProtocol.Imap => new ProtocolFollower<ImapConversation>(default),
        MailProtocol.Pop3 => new ProtocolFollower<Pop3Conversation>(default),
        MailProtocol.Submission => new ProtocolFollower<SubmissionConversation>(default),
        MailProtocol.Sieve => new ProtocolFollower<SieveConversation>(default),
        _ => null,
    };
}
