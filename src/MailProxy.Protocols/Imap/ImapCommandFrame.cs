using System.Buffers;

namespace MailProxy.Protocols.Imap;

/// <summary>Where one command ends in the buffer, and how far it got if it does not: boundaries first, meaning later.</summary>
/// <param name="Bytes">Done: the whole command, literals and their headers included, without the last CRLF. Otherwise: what is there up to and including the last literal header's CRLF.</param>
/// <param name="End">Behind the command's last CRLF (Done), or behind the literal header (NeedLiteral, TooLong at a literal).</param>
/// <param name="LiteralCount">Literal headers seen so far: a server has sent one <c>+</c> per synchronizing header, so it compares this with what it sent.</param>
/// <param name="PendingLiteral">NeedLiteral/TooLong at a literal: its announced size in octets; otherwise -1.</param>
/// <param name="PendingIsSynchronizing">True when the pending literal is <c>{n}</c>, false for <c>{n+}</c> (RFC 7888).</param>
public readonly record struct ImapCommandFrame(
    ReadOnlySequence<byte> Bytes, SequencePosition End, int LiteralCount, long PendingLiteral, bool PendingIsSynchronizing);
