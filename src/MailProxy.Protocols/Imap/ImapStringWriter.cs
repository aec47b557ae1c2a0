using System.Buffers;

namespace MailProxy.Protocols.Imap;

/// <summary>Writes strings so that a reader gets the same octets back.</summary>
public static class ImapStringWriter
{
    /// <summary>Quoted when it can be (no CR, LF, NUL, 8-bit; at most 1,024 octets); else a literal, non-synchronizing if <paramref name="literalPlus"/>.</summary>
    /// <returns>False when only a synchronizing literal would do and <paramref name="literalPlus"/> is false; nothing is written then.</returns>
    public static bool TryWriteString(IBufferWriter<byte> writer, ReadOnlySpan<byte> value, bool literalPlus) => throw new NotImplementedException();
}
