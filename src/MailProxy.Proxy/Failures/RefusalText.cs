using MailProxy.Directory;
using MailProxy.Protocols.Sieve;

namespace MailProxy.Proxy.Failures;

/// <summary>The directory's words for a refusal behind the code that its failure has in the client's protocol.</summary>
internal static class RefusalText
{
    /// <summary>What follows <c>NO</c> or <c>-ERR</c>, or SMTP's whole reply; null: the directory gave no words.</summary>
    public static string? Of(MailProtocol protocol, FailureRow row, RefusalWords? refusal) => refusal is null ? null : protocol switch
    {
        MailProtocol.Imap => $"{row.Imap} {refusal.Text}",
        MailProtocol.Pop3 => $"{row.Pop3} {refusal.Text}",
        MailProtocol.Sieve => row.Sieve + SieveStringWriter.ForClient(refusal.Text),
        _ => $"{refusal.SmtpCode ?? row.SmtpAuth} {refusal.Text}",
    };
}
