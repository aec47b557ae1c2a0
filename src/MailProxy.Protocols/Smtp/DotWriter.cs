using System.Buffers;

namespace MailProxy.Protocols.Smtp;

/// <summary>Puts the dots into content as it streams by (RFC 5321 4.5.2, RFC 1939 3). One writer writes one message.</summary>
/// <remarks>
/// A dot is stuffed behind every LF, bare ones included: a peer that takes LF for a line end would otherwise see the end of
/// the message there. For one that does not, a message that breaks the rules has a dot more.
/// </remarks>
public sealed class DotWriter
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    private byte _last = Lf;
    private bool _endsInCrLf = true;

    /// <summary>Writes the next octets of the content, however they are cut.</summary>
    public void Write(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        while (!content.IsEmpty)
        {
            if (_last == Lf && content[0] == '.')
            {
                output.Write("."u8);
            }

            var end = content.IndexOf(Lf);
            var length = end < 0 ? content.Length : end + 1;
            output.Write(content[..length]);
            if (end >= 0)
            {
                _endsInCrLf = (end > 0 ? content[end - 1] : _last) == Cr;
            }

            _last = content[length - 1];
            content = content[length..];
        }
    }

    /// <summary>Writes the end: the CRLF that the content's last line may lack, and the lone dot.</summary>
    public void End(IBufferWriter<byte> output)
    {
        if (_last != Lf || !_endsInCrLf)
        {
            output.Write("\r\n"u8);
        }

        output.Write(".\r\n"u8);
    }
}
