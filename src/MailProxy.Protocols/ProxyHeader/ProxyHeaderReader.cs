using System.Buffers;
using System.Buffers.Binary;

namespace MailProxy.Protocols.ProxyHeader;

/// <summary>
/// Reads the header that a trusted load balancer puts in front of a connection, version 1 or 2 by its first octets:
/// <c>"PROXY" SP ... CRLF</c>, or <c>CR LF CR LF NUL CR LF "QUIT" LF</c> and binary fields.
/// </summary>
public static class ProxyHeaderReader
{
    internal static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    // "PROXY UNKNOWN" CRLF; the binary form has 16.
    private const int ShortestText = 15;

    private static ReadOnlySpan<byte> TextStart => "PROXY "u8;

    /// <summary>Reads the header at the start of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">The first bytes of the connection.</param>
    /// <param name="forwarded">What it says, when Done.</param>
    /// <param name="end">Behind the header: where the client's own bytes begin.</param>
    /// <returns>Malformed: no header, or one that breaks its rules or its checksum; TooLong: over 107 octets (version 1) or 4,096 (version 2).</returns>
    public static ReadStatus TryRead(in ReadOnlySequence<byte> buffer, out ForwardedConnection? forwarded, out SequencePosition end)
    {
        forwarded = null;
        end = buffer.Start;
        Span<byte> start = stackalloc byte[Signature.Length];
        start = start[..(int)Math.Min(buffer.Length, start.Length)];
        buffer.Slice(0, start.Length).CopyTo(start);
        if (IsBeginning(start, Signature))
        {
            return start.Length < Signature.Length ? ReadStatus.NeedMore : ProxyHeaderVersion2.TryRead(buffer, out forwarded, out end);
        }

        return IsBeginning(start, TextStart) ? ProxyHeaderVersion1.TryRead(buffer, out forwarded, out end) : ReadStatus.Malformed;
    }

    /// <summary>
    /// How many octets can be received behind those of a header that are there, without a single one of what follows the header; at least 1. It is
    /// for beginnings, of which <see cref="TryRead"/> says NeedMore.
    /// </summary>
    /// <param name="seen">From the header's first octet on.</param>
    public static int Missing(ReadOnlySpan<byte> seen)
    {
        if (seen.Length < ShortestText)
        {
            return ShortestText - seen.Length;
        }

        // A text's end shows only when it is there; a number says how long the binary form is.
        return !IsBeginning(seen, Signature) ? 1
            : seen.Length < ProxyHeaderVersion2.FixedLength ? ProxyHeaderVersion2.FixedLength - seen.Length
            : Math.Max(1, ProxyHeaderVersion2.FixedLength + BinaryPrimitives.ReadUInt16BigEndian(seen[14..]) - seen.Length);
    }

    private static bool IsBeginning(ReadOnlySpan<byte> start, ReadOnlySpan<byte> whole)
    {
        var length = Math.Min(start.Length, whole.Length);
        return start[..length].SequenceEqual(whole[..length]);
    }
}
