using MailProxy.Proxy.Imap;
using MailProxy.Proxy.Smtp;

namespace MailProxy.Proxy.Authenticate;

/// <summary>What a node offers its clients before login, in each protocol's words, made once.</summary>
/// <param name="hostName">Ours.</param>
/// <param name="messageSize">The longest message we take, octets.</param>
/// <param name="mechanisms">SASL mechanisms.</param>
internal sealed class ClientOffers(string hostName, long messageSize, SaslMechanisms mechanisms)
{
    /// <summary>SASL mechanisms.</summary>
    public SaslMechanisms Mechanisms => mechanisms;

    /// <summary>Of IMAP.</summary>
    public ImapGreetingCapabilities Imap { get; } = new(mechanisms);

    /// <summary>Of submission.</summary>
    public SubmissionOffers Submission { get; } = new(hostName, messageSize, mechanisms);
}
