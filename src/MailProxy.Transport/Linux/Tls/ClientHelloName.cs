using System.Buffers.Binary;
using System.Text;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>
/// The name in a ClientHello's server_name extension (RFC 6066 3): length of the list (2), then type (1), length (2) and name of each entry.
/// Read here because OpenSSL tells the name only after it has judged the ticket.
/// </summary>
internal static class ClientHelloName
{
    private const byte HostName = 0;

    // RFC 1035 2.3.4: a longer one is nobody's name, and OpenSSL refuses the handshake.
    private const int MaxOctets = 255;

    /// <summary>The first entry when it is a host's name in ASCII; null for everything else, which picks the default certificate.</summary>
    public static string? Read(ReadOnlySpan<byte> extension)
    {
        if (extension.Length < 5 || BinaryPrimitives.ReadUInt16BigEndian(extension) != extension.Length - 2 || extension[2] != HostName)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(extension[3..]);
        var name = extension[5..];
        return length is > 0 and <= MaxOctets && length <= name.Length && Ascii.IsValid(name[..length]) ? Encoding.ASCII.GetString(name[..length]) : null;
    }
}
