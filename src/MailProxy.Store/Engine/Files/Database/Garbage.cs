namespace MailProxy.Store.Engine.Files.Database;

/// <summary>Something that no mailbox refers to any more and that is to be removed.</summary>
/// <param name="Kind">What <paramref name="Id"/> counts.</param>
/// <param name="Id">Link number or mailbox id.</param>
internal readonly record struct Garbage(GarbageKind Kind, ulong Id);
