using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MailProxy.Protocols.Imap;

/// <summary><c>sequence-set = (seq-number / seq-range) *("," ...)</c>, <c>seq-range = seq-number ":" seq-number</c>, <c>seq-number = nz-number / "*"</c> (RFC 9051 9).</summary>
public sealed class ImapSequenceSet
{
    /// <summary>What <c>*</c> stands for until the largest number is known.</summary>
    public const uint Star = uint.MaxValue;

    private readonly List<(uint First, uint Last)> _ranges;

    private ImapSequenceSet(List<(uint First, uint Last)> ranges) => _ranges = ranges;

    /// <summary>Reads a set of at most <paramref name="limit"/> ranges; false when there is none here, or a longer one.</summary>
    public static bool TryRead(ref ImapArgumentReader reader, int limit, out ImapSequenceSet set)
    {
        set = null!;
        var ranges = new List<(uint, uint)>();
        var ahead = reader;
        do
        {
            if (ranges.Count == limit || !TryReadNumber(ref ahead, out var first))
            {
                return false;
            }

            var last = first;
            if (ahead.TryRead((byte)':') && !TryReadNumber(ref ahead, out last))
            {
                return false;
            }

            ranges.Add((first, last));
        }
        while (ahead.TryRead((byte)','));

        reader = ahead;
        set = new(ranges);
        return true;
    }

    /// <summary>
    /// The ranges with <c>*</c> replaced by <paramref name="largest"/>, ascending, disjoint and joined where they touch. Empty when nothing
    /// exists (<paramref name="largest"/> is 0): then even <c>1:*</c> names nothing.
    /// </summary>
    public IReadOnlyList<(uint First, uint Last)> Ranges(uint largest)
    {
        var joined = new List<(uint First, uint Last)>();
        if (largest == 0)
        {
            return joined;
        }

        foreach (var (first, last) in _ranges.Select(range => Ordered(range, largest)).Order())
        {
            if (joined is [.., var before] && first <= before.Last + 1UL)
            {
                joined[^1] = (before.First, Math.Max(before.Last, last));
            }
            else
            {
                joined.Add((first, last));
            }
        }

        return joined;
    }

    /// <summary>Writes ascending numbers as a set: <c>1:3,5</c>.</summary>
    public static string Format(IEnumerable<uint> ascending)
    {
        var text = new StringBuilder();
        uint first = 0, last = 0;
        foreach (var number in ascending.Append(0U))
        {
            if (first != 0 && number == last + 1)
            {
                last = number;
                continue;
            }

            if (first != 0)
            {
                text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{first}");
                _ = first == last ? text : text.Append(CultureInfo.InvariantCulture, $":{last}");
            }

            first = last = number;
        }

        return text.ToString();
    }

    private static (uint First, uint Last) Ordered((uint First, uint Last) range, uint largest)
    {
        var first = range.First == Star ? largest : range.First;
        var last = range.Last == Star ? largest : range.Last;

        // "9:*" with 5 messages means 5:9 (RFC 9051 9): it always holds the last.
        return first <= last ? (first, last) : (last, first);
    }

    private static bool TryReadNumber(ref ImapArgumentReader reader, out uint number)
    {
        number = Star;
        return reader.TryRead((byte)'*')
            || (reader.TryReadWhile(ImapOctets.Digits, out var digits) && Utf8Parser.TryParse(digits, out number, out var used) && used == digits.Length && number is not (0 or Star));
    }
}
