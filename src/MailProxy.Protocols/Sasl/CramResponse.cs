using System.Text;
using System.Text.Unicode;

namespace MailProxy.Protocols.Sasl;

/// <summary>The answer to a CRAM-MD5 challenge (RFC 2195 2) and, without the word APOP, to a POP3 greeting (RFC 1939 7): <c>name SP 32 hexadecimal digits</c>.</summary>
/// <param name="UserName">Whose password it is; may hold blanks.</param>
/// <param name="Digest">16 octets.</param>
public sealed record CramResponse(string UserName, ReadOnlyMemory<byte> Digest)
{
    private const int NameLimit = 255;
    private const int Digits = 32;

    /// <summary>Malformed: no such pair, a name of more than 255 octets or with control characters.</summary>
    public static ReadStatus TryParse(ReadOnlySpan<byte> message, out CramResponse? response)
    {
        response = null;
        var space = message.LastIndexOf((byte)' ');
        if (space is < 1 or > NameLimit || message.Length - space - 1 != Digits || !Utf8.IsValid(message[..space]))
        {
            return ReadStatus.Malformed;
        }

        var name = Encoding.UTF8.GetString(message[..space]);
        var digest = new byte[Digits / 2];
        if (name.Any(char.IsControl) || Convert.FromHexString(Encoding.Latin1.GetString(message[(space + 1)..]), digest, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return ReadStatus.Malformed;
        }

        response = new(name, digest);
        return ReadStatus.Done;
    }
}
