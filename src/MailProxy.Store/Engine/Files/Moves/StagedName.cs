namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>A mailbox name that activation will make.</summary>
/// <param name="Name">Normal name.</param>
/// <param name="SpecialUse">RFC 6154 role.</param>
/// <param name="Source">Id of the mailbox at the source; 0: \Noselect.</param>
internal sealed record StagedName(string Name, SpecialUse SpecialUse, ulong Source);
