namespace MailProxy.Store.Engine.Files.State;

/// <summary>What stands under a mailbox name.</summary>
/// <param name="SpecialUse">RFC 6154 role.</param>
/// <param name="Mailbox">The mailbox; null when the name is \Noselect.</param>
internal sealed record MailboxNode(SpecialUse SpecialUse, MailboxState? Mailbox);
