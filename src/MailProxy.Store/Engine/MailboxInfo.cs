namespace MailProxy.Store.Engine;

/// <summary>One line of LIST.</summary>
/// <param name="Name">UTF-8 name with <c>/</c> between levels.</param>
/// <param name="SpecialUse">RFC 6154 role, or None.</param>
/// <param name="CanSelect">False for \Noselect names.</param>
/// <param name="HasChildren">True when mailboxes exist below it.</param>
public sealed record MailboxInfo(string Name, SpecialUse SpecialUse, bool CanSelect, bool HasChildren);
