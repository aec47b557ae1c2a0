using System.Buffers;
using System.Text;

namespace MailProxy.Benchmarks;

/// <summary>Texts as they lie in a receive buffer.</summary>
internal static class Octets
{
    public static ReadOnlySequence<byte> Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The same in two segments, as when the text came in two pieces.</summary>
    public static ReadOnlySequence<byte> CutOf(string text, int at)
    {
        ReadOnlyMemory<byte> octets = Encoding.UTF8.GetBytes(text);
        var second = new Segment(octets[at..], at, null);
        return new ReadOnlySequence<byte>(new Segment(octets[..at], 0, second), 0, second, second.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> octets, long before, Segment? next) => (Memory, RunningIndex, Next) = (octets, before, next);
    }
}
