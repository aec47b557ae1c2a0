using System.Buffers;

namespace MailProxy.Protocols.Imap;

/// <summary>Splits one IMAP command from a buffer: <c>command = *(text "{" n ["+"] "}" CRLF n*OCTET) text CRLF</c> (RFC 9051 9, RFC 7888).</summary>
public static class ImapCommandReader
{
    /// <summary>Finds the end of the command that starts at the start of <paramref name="buffer"/>. Pure: call it again with more bytes.</summary>
    public static ImapReadStatus TryRead(in ReadOnlySequence<byte> buffer, ImapReadLimits limits, out ImapCommandFrame frame) =>
        throw new NotImplementedException();
}
