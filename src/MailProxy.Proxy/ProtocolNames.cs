namespace MailProxy.Proxy;

/// <summary>The names of protocols in logs, metrics and directory requests.</summary>
public static class ProtocolNames
{
    /// <summary>Lower case: <c>imap</c>, <c>pop3</c>, <c>submission</c>, <c>mx</c>, <c>lmtp</c>, <c>sieve</c>.</summary>
    public static string Of(MailProtocol protocol) => protocol switch
    {
        MailProtocol.Imap => "imap",
        MailProtocol.Pop3 => "pop3",
        MailProtocol.Submission => "submission",
        MailProtocol.Mx => "mx",
        MailProtocol.Lmtp => "lmtp",
        MailProtocol.Sieve => "sieve",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };
}
