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
        if (content.IsEmpty)
        {
            return;
        }

        if (_last == Lf && content[0] == '.')
        {
            output.Write("."u8);
        }

        // As many lines as lie there without a dot in front go out at once.
        var rest = content;
        while (rest.IndexOf("\n."u8) is var end and >= 0)
        {
            output.Write(rest[..(end + 1)]);
            output.Write("."u8);
            rest = rest[(end + 1)..];
        }

        output.Write(rest);
        _endsInCrLf = content[^1] == Lf && (content.Length > 1 ? content[^2] : _last) == Cr;
        _last = content[^1];
    }

    /// <summary>Writes the end: the CRLF that the content's last line may lack, and the lone dot.</summary>
    public void End(IBufferWriter<byte> output)
    {
        if (!_endsInCrLf)
        {
            output.Write("\r\n"u8);
        }

        output.Write(".\r\n"u8);
    }
}
