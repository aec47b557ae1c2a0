using MailProxy.Protocols.Milter;

namespace MailProxy.Proxy.Milter;

/// <summary>What one milter decided at the end of a message.</summary>
/// <param name="Verdict">Its last word.</param>
/// <param name="Changes">What it changes, in its order; without pieces of the body.</param>
/// <param name="Body">The new body; null: it stays.</param>
/// <param name="Quarantine">Why it wants the message quarantined; null: it does not.</param>
internal sealed record MilterEdit(MilterVerdict Verdict, IReadOnlyList<MilterReply> Changes, MessageSpool? Body, string? Quarantine);
