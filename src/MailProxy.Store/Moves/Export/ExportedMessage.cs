namespace MailProxy.Store.Moves.Export;

/// <summary>A message of an exported mailbox.</summary>
/// <param name="Uid">In its mailbox.</param>
/// <param name="ModSeq">RFC 7162.</param>
/// <param name="Flags">System flags, as the number of the engine's enum.</param>
/// <param name="Keywords">Other flags.</param>
/// <param name="InternalDate">With its zone.</param>
/// <param name="Size">Octets.</param>
/// <param name="Digest">SHA-256 of the content, 32 octets.</param>
public sealed record ExportedMessage(uint Uid, ulong ModSeq, ushort Flags, IReadOnlyList<string> Keywords, DateTimeOffset InternalDate, long Size, byte[] Digest);
