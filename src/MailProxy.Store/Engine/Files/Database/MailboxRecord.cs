namespace MailProxy.Store.Engine.Files.Database;

/// <summary>What the database keeps under a mailbox's name.</summary>
/// <param name="Id">Key of its messages; 0 for a \Noselect name.</param>
/// <param name="UidValidity">Never given twice by this store.</param>
/// <param name="SpecialUse">RFC 6154 role.</param>
internal sealed record MailboxRecord(ulong Id, uint UidValidity, SpecialUse SpecialUse);
