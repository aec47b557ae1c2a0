namespace MailProxy.Store.Http;

/// <summary>One mailbox in <see cref="MailSummary"/>.</summary>
/// <param name="Name">UTF-8.</param>
/// <param name="Messages">How many.</param>
/// <param name="Unseen">Without \Seen.</param>
/// <param name="Bytes">Sum of their sizes in octets.</param>
public sealed record MailboxSummary(string Name, int Messages, int Unseen, long Bytes);
