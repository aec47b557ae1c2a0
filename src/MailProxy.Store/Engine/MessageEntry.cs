using System.Collections.Immutable;

namespace MailProxy.Store.Engine;

/// <summary>What is known of a message without opening it. Immutable: a change of flags makes a new one.</summary>
/// <param name="Uid">Unique in its mailbox.</param>
/// <param name="ModSeq">RFC 7162.</param>
/// <param name="Flags">System flags.</param>
/// <param name="Keywords">Other flags, as first written.</param>
/// <param name="InternalDate">When it arrived, or what APPEND said.</param>
/// <param name="Size">RFC822.SIZE in octets.</param>
public sealed record MessageEntry(uint Uid, ulong ModSeq, MessageFlags Flags, ImmutableArray<string> Keywords, DateTimeOffset InternalDate, long Size);
