namespace MailProxy.Store.Mime;

/// <summary>Octets of the original message, or the one CRLF that a selection of header fields ends in.</summary>
/// <param name="Offset">From the start of the message; <see cref="BlankLine"/>'s is negative.</param>
/// <param name="Length">In octets.</param>
internal readonly record struct OctetRange(long Offset, long Length)
{
    /// <summary>The CRLF behind selected fields, which need not stand there in the message.</summary>
    public static OctetRange BlankLine { get; } = new(-2, 2);

    /// <summary>True for octets that are not the message's.</summary>
    public bool IsBlankLine => Offset < 0;

    /// <summary>The part of consecutive ranges that <c>&lt;first.count&gt;</c> selects.</summary>
    public static IEnumerable<OctetRange> Slice(IEnumerable<OctetRange> ranges, long first, long count)
    {
        foreach (var range in ranges)
        {
            var skipped = Math.Min(first, range.Length);
            first -= skipped;
            var length = Math.Min(range.Length - skipped, count);
            count -= length;
            if (length > 0)
            {
                yield return new(range.Offset + skipped, length);
            }
        }
    }
}
