using System.Buffers;
using System.Text;

namespace MailProxy.Protocols.Tests.Imap;

/// <summary>The same octets in every cut a network can make: whole, in two at every place, one by one.</summary>
internal static class Arrivals
{
    public static byte[] Octets(string latin1) => Encoding.Latin1.GetBytes(latin1);

    public static string Text(in ReadOnlySequence<byte> octets) => Encoding.Latin1.GetString(octets.ToArray());

    public static IEnumerable<ReadOnlySequence<byte>> Of(string latin1)
    {
        var octets = Octets(latin1);
        yield return new(octets);
        for (var cut = 0; cut <= octets.Length; cut++)
        {
            yield return Segments([octets[..cut], octets[cut..]]);
        }

        if (octets.Length > 0)
        {
            yield return Segments([.. octets.Select(octet => new[] { octet })]);
        }
    }

    private static ReadOnlySequence<byte> Segments(IReadOnlyList<byte[]> parts)
    {
        var first = new Segment(parts[0], 0);
        var last = first;
        foreach (var part in parts.Skip(1))
        {
            last = last.Append(part);
        }

        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] octets, long index)
        {
            Memory = octets;
            RunningIndex = index;
        }

        public Segment Append(byte[] octets)
        {
            var next = new Segment(octets, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
