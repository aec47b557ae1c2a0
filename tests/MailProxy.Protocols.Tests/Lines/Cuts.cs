using System.Buffers;
using System.Text;

namespace MailProxy.Protocols.Tests.Lines;

/// <summary>The ways in which the same bytes may arrive.</summary>
internal static class Cuts
{
    /// <summary>Octets as they are: Latin-1, so that every octet can be written in a test.</summary>
    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Text of octets, the inverse of <see cref="Octets"/>.</summary>
    public static string Text(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);

    /// <summary>Whole, every cut in two, and one by one.</summary>
    public static IEnumerable<ReadOnlySequence<byte>> Of(byte[] octets)
    {
        yield return new ReadOnlySequence<byte>(octets);
        for (var cut = 1; cut < octets.Length; cut++)
        {
            yield return Join([octets[..cut], octets[cut..]]);
        }

        yield return Join(octets.Select(octet => new[] { octet }));
    }

    /// <summary>A sequence of the given segments.</summary>
    public static ReadOnlySequence<byte> Join(IEnumerable<byte[]> pieces)
    {
        Piece? first = null;
        Piece? last = null;
        foreach (var piece in pieces)
        {
            last = new Piece(piece, last);
            first ??= last;
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] octets, Piece? before)
        {
            Memory = octets;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}
