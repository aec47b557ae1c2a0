using System.Collections.Immutable;

namespace MailProxy.Store.Engine;

/// <summary>A mailbox at one moment. Immutable.</summary>
/// <param name="UidValidity">RFC 9051 2.3.1.1.</param>
/// <param name="UidNext">The UID the next message will get, at least.</param>
/// <param name="HighestModSeq">RFC 7162; at least 1.</param>
/// <param name="Messages">Ascending by UID; the sequence number is the index plus one.</param>
public sealed record MailboxSnapshot(uint UidValidity, uint UidNext, ulong HighestModSeq, ImmutableArray<MessageEntry> Messages);
