using MailProxy.Store.Moves.Export;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>One message for a staged mailbox, with where its content comes from: one of the three.</summary>
/// <param name="Message">As the source described it; its digest was compared with the content.</param>
/// <param name="Draft">It has just arrived.</param>
/// <param name="CopyOf">Another link of this user's staged copy has it.</param>
/// <param name="Present">It is in this mailbox already: only flags and mod-sequence change.</param>
internal readonly record struct StagedMessage(ExportedMessage Message, FileMessageDraft? Draft, ulong? CopyOf, ulong? Present);
