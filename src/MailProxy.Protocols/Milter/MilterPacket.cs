using System.Buffers;
using System.Buffers.Binary;

namespace MailProxy.Protocols.Milter;

/// <summary>
/// A packet of the milter protocol, both ways (Sendmail's libmilter, version 6; there is no RFC):
/// <code>
/// packet = length code *OCTET      length: four octets, big-endian, of code and what follows it
/// </code>
/// </summary>
/// <param name="Code">A <see cref="MilterCommand"/> or a <see cref="MilterVerb"/>.</param>
/// <param name="Data">What follows.</param>
public readonly record struct MilterPacket(byte Code, byte[] Data)
{
    private const int LengthOctets = sizeof(uint);

    /// <summary>Reads one packet from the start of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Octets from the peer.</param>
    /// <param name="limit">Most octets of code and data.</param>
    /// <param name="packet">When Done.</param>
    /// <param name="end">Behind the packet.</param>
    /// <returns>Malformed: a packet without a code. TooLong: the length says so, before the rest has come.</returns>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, int limit, out MilterPacket packet, out SequencePosition end)
    {
        packet = default;
        end = buffer.Start;
        if (buffer.Length < LengthOctets)
        {
            return ReadStatus.NeedMore;
        }

        Span<byte> head = stackalloc byte[LengthOctets];
        buffer.Slice(0, LengthOctets).CopyTo(head);
        var length = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (length == 0 || length > limit)
        {
            return length == 0 ? ReadStatus.Malformed : ReadStatus.TooLong;
        }

        if (buffer.Length < LengthOctets + length)
        {
            return ReadStatus.NeedMore;
        }

        var whole = buffer.Slice(LengthOctets, length);
        packet = new(whole.FirstSpan[0], whole.Slice(1).ToArray());
        end = whole.End;
        return ReadStatus.Done;
    }

    /// <summary>Writes a packet.</summary>
    public static void Write(IBufferWriter<byte> output, byte code, ReadOnlySpan<byte> data)
    {
        var span = output.GetSpan(LengthOctets + 1);
        BinaryPrimitives.WriteUInt32BigEndian(span, (uint)data.Length + 1);
        span[LengthOctets] = code;
        output.Advance(LengthOctets + 1);
        output.Write(data);
    }
}
