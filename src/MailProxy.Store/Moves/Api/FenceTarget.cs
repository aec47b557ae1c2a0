namespace MailProxy.Store.Moves.Api;

/// <summary>Where a user who left is found now: what referrals name.</summary>
/// <param name="Store">The store's id.</param>
/// <param name="Host">Its host name or address.</param>
/// <param name="ImapPort">Its IMAP port; null: IMAP clients get the temporary failure instead of a referral.</param>
/// <param name="Pop3Port">Its POP3 port; null as above.</param>
/// <param name="LmtpPort">Its LMTP port; null as above.</param>
public sealed record FenceTarget(string Store, string Host, int? ImapPort, int? Pop3Port, int? LmtpPort);
