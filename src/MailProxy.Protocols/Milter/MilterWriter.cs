using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailProxy.Protocols.Addresses;

namespace MailProxy.Protocols.Milter;

/// <summary>
/// Writes what an MTA says to a milter. By command, NUL ends each string:
/// <code>
/// macro                           command *(name NUL value NUL)
/// connect                         host NUL ( "U" / family("4" / "6") port(2, big-endian) address NUL )
/// helo                            name NUL
/// mail, recipient                 "&lt;address>" NUL *(parameter NUL)
/// header                          name NUL value NUL      lines of a folded value end in LF alone
/// body                            at most 65,535 octets
/// data, end of headers, end of message, abort, quit       nothing
/// </code>
/// A NUL in a string would be its end: it is left out.
/// </summary>
public static class MilterWriter
{
    /// <summary>Longest piece of a body (libmilter's MILTER_CHUNK_SIZE).</summary>
    public const int MostBodyOctets = 65_535;

    /// <summary>A command without data.</summary>
    public static void Write(IBufferWriter<byte> output, MilterCommand command) => MilterPacket.Write(output, (byte)command, []);

    /// <summary>A command with one string after the other.</summary>
    public static void Write(IBufferWriter<byte> output, MilterCommand command, params IEnumerable<string> words) =>
        MilterPacket.Write(output, (byte)command, Strings(words));

    /// <summary>Macros for the command that follows; none: nothing is written.</summary>
    public static void WriteMacros(IBufferWriter<byte> output, MilterCommand command, IReadOnlyCollection<KeyValuePair<string, string>> macros)
    {
        if (macros.Count > 0)
        {
            MilterPacket.Write(output, (byte)MilterCommand.Macro, [(byte)command, .. Strings(macros.SelectMany(macro => new[] { macro.Key, macro.Value }))]);
        }
    }

    /// <summary>Who connected.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="host">Its name, or its address in brackets.</param>
    /// <param name="client">Its address; null: unknown.</param>
    public static void WriteConnect(IBufferWriter<byte> output, string host, IPEndPoint? client)
    {
        if (client is null)
        {
            MilterPacket.Write(output, (byte)MilterCommand.Connect, [.. Strings([host]), (byte)'U']);
            return;
        }

        Span<byte> port = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)client.Port);
        var address = AddressText.Plain(client.Address);
        var isSix = address.AddressFamily == AddressFamily.InterNetworkV6;
        MilterPacket.Write(output, (byte)MilterCommand.Connect, [.. Strings([host]), (byte)(isSix ? '6' : '4'), .. port, .. Strings([address.ToString()])]);
    }

    /// <summary>A piece of the body.</summary>
    public static void WriteBody(IBufferWriter<byte> output, ReadOnlySpan<byte> piece) => MilterPacket.Write(output, (byte)MilterCommand.Body, piece);

    /// <summary>A header field, octet for octet.</summary>
    public static void WriteHeader(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var data = new byte[name.Length + value.Length + 2];
        name.CopyTo(data);
        value.CopyTo(data.AsSpan(name.Length + 1));
        MilterPacket.Write(output, (byte)MilterCommand.Header, data);
    }

    private static byte[] Strings(IEnumerable<string> words)
    {
        var data = new ArrayBufferWriter<byte>();
        foreach (var word in words)
        {
            Encoding.UTF8.GetBytes(word.Replace("\0", "", StringComparison.Ordinal), data);
            data.Write("\0"u8);
        }

        return data.WrittenSpan.ToArray();
    }
}
