using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailProxy.Protocols.Addresses;
using MailProxy.Protocols.Lines;

namespace MailProxy.Protocols.ProxyHeader;

/// <summary>
/// The text form (proxy-protocol.txt 2.1):
/// <c>"PROXY" SP ("TCP4" / "TCP6") SP source SP destination SP source-port SP destination-port CRLF</c>, or <c>"PROXY UNKNOWN" *OCTET CRLF</c>.
/// </summary>
internal static class ProxyHeaderVersion1
{
    // proxy-protocol.txt 2.1: the longest line, CRLF included.
    private const int LineLimit = 107;

    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, out ForwardedConnection? forwarded, out SequencePosition end)
    {
        forwarded = null;
        var status = LineReader.TryReadLine(buffer, LineLimit, out var line, out end);
        if (status != ReadStatus.Done)
        {
            return status;
        }

        var words = Encoding.Latin1.GetString(line).Split(' ');
        forwarded = words[1] switch
        {
            "TCP4" => Parse(words, AddressFamily.InterNetwork),
            "TCP6" => Parse(words, AddressFamily.InterNetworkV6),
            // Receivers must ignore what is behind UNKNOWN.
            "UNKNOWN" => new ForwardedConnection(),
            _ => null,
        };
        return forwarded is null ? ReadStatus.Malformed : ReadStatus.Done;
    }

    private static ForwardedConnection? Parse(string[] words, AddressFamily family) =>
        words.Length == 6
        && TryReadAddress(words[2], family, out var source) && TryReadAddress(words[3], family, out var destination)
        && TryReadPort(words[4], out var sourcePort) && TryReadPort(words[5], out var destinationPort)
            ? new ForwardedConnection { Source = new(source, sourcePort), Destination = new(destination, destinationPort) }
            : null;

    private static bool TryReadAddress(string text, AddressFamily family, out IPAddress address) =>
        family == AddressFamily.InterNetwork ? AddressText.TryParseIPv4(text, out address) : AddressText.TryParseIPv6(text, out address);

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort
        && (text.Length == 1 || text[0] != '0');
}
