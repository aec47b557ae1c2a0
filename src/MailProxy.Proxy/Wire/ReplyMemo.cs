using System.Buffers;
using MailProxy.Protocols;

namespace MailProxy.Proxy.Wire;

/// <summary>
/// A grammar that knows again what it has read before: stores greet and answer with the same octets all day, and comparing them costs a fraction of
/// parsing them. The grammar must decide by the value's own octets alone (what follows them changes nothing), and its values must be immutable.
/// For what stores say before and at login only: nothing that is one user's is said often enough to be kept.
/// </summary>
/// <typeparam name="T">What is read.</typeparam>
internal sealed class ReplyMemo<T>
    where T : class
{
    // Some stores' greetings and answers; two that fall together only cost a parse each time.
    private const int Slots = 64;
    private const int LongestKept = 2_048;

    private readonly WireParser<T> _grammar;
    private readonly Known?[] _known = new Known?[Slots];

    // What came once may be a timestamp's; what comes twice in a row is kept.
    private readonly int[] _seen = new int[Slots];

    public ReplyMemo(WireParser<T> grammar)
    {
        _grammar = grammar;
        Parser = TryRead;
    }

    /// <summary>For <see cref="MailWire.ReadAsync"/>.</summary>
    public WireParser<T> Parser { get; }

    private ReadStatus TryRead(in ReadOnlySequence<byte> buffer, out T? value, out SequencePosition end)
    {
        var octets = buffer.FirstSpan;
        var line = octets.IndexOf((byte)'\n');
        if (line < 0)
        {
            return _grammar(buffer, out value, out end);
        }

        var hash = HashOf(octets[..line]);
        var slot = (uint)hash % Slots;
        if (Volatile.Read(ref _known[slot]) is { } known && octets.StartsWith(known.Octets))
        {
            value = known.Value;
            end = buffer.GetPosition(known.Octets.Length);
            return ReadStatus.Done;
        }

        var status = _grammar(buffer, out value, out end);
        if (status == ReadStatus.Done && value is not null)
        {
            Remember(slot, hash, octets, buffer.Slice(0, end).Length, value);
        }

        return status;
    }

    private static int HashOf(ReadOnlySpan<byte> line)
    {
        var hash = default(HashCode);
        hash.AddBytes(line);
        return hash.ToHashCode();
    }

    private void Remember(uint slot, int hash, ReadOnlySpan<byte> octets, long length, T value)
    {
        // Two threads here at once cost one of them its entry, nothing else.
        if (Interlocked.Exchange(ref _seen[slot], hash) == hash && length <= octets.Length && length <= LongestKept)
        {
            Volatile.Write(ref _known[slot], new Known(octets[..(int)length].ToArray(), value));
        }
    }

    private sealed record Known(byte[] Octets, T Value);
}
