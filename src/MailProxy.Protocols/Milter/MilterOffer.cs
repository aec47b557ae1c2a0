using System.Buffers;
using System.Buffers.Binary;

namespace MailProxy.Protocols.Milter;

/// <summary>What one side offers, or the other wants of it: <c>version actions steps</c>, four octets each, big-endian; a milter may add which macros it wants.</summary>
/// <param name="Version">Of the protocol.</param>
/// <param name="Actions">What the milter may do.</param>
/// <param name="Steps">What it need not see or answer.</param>
public readonly record struct MilterOffer(uint Version, MilterActions Actions, MilterSteps Steps)
{
    /// <summary>Of Sendmail 8.14 and later, Postfix 2.6 and later.</summary>
    public const uint CurrentVersion = 6;

    // Version 2 knows no steps that are silent; every milter in use speaks 6.
    private const uint OldestVersion = 2;

    private const int Octets = 3 * sizeof(uint);

    /// <summary>Writes what we offer.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        Span<byte> data = stackalloc byte[Octets];
        BinaryPrimitives.WriteUInt32BigEndian(data, Version);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], (uint)Actions);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], (uint)Steps);
        MilterPacket.Write(output, (byte)MilterCommand.Negotiate, data);
    }

    /// <summary>Reads what a milter wants. False: it is no such packet, of another version, or it wants what was not offered.</summary>
    /// <param name="packet">Its answer.</param>
    /// <param name="offered">What we said.</param>
    /// <param name="wanted">When true.</param>
    public static bool TryRead(in MilterPacket packet, in MilterOffer offered, out MilterOffer wanted)
    {
        wanted = default;
        if (packet.Code != (byte)MilterVerb.Negotiate || packet.Data.Length < Octets)
        {
            return false;
        }

        wanted = new(
            BinaryPrimitives.ReadUInt32BigEndian(packet.Data),
            (MilterActions)BinaryPrimitives.ReadUInt32BigEndian(packet.Data.AsSpan(4)),
            (MilterSteps)BinaryPrimitives.ReadUInt32BigEndian(packet.Data.AsSpan(8)));
        return wanted.Version >= OldestVersion && wanted.Version <= offered.Version
            && (wanted.Actions & ~offered.Actions) == 0 && (wanted.Steps & ~offered.Steps) == 0;
    }
}
