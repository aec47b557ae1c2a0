namespace MailProxy.Store.Moves.Export;

/// <summary>A mailbox name of an exported user.</summary>
/// <param name="Name">UTF-8, <c>/</c> between levels.</param>
/// <param name="SpecialUse">RFC 6154 role, as the number of the engine's enum.</param>
/// <param name="Mailbox">The source's id of the mailbox, kept when it is renamed; 0: \Noselect.</param>
/// <param name="UidValidity">RFC 9051 2.3.1.1; 0 for \Noselect.</param>
/// <param name="UidNext">The next UID; 0 for \Noselect.</param>
/// <param name="HighestModSeq">RFC 7162; 0 for \Noselect.</param>
public sealed record ExportedName(string Name, byte SpecialUse, ulong Mailbox, uint UidValidity, uint UidNext, ulong HighestModSeq);
