namespace MailProxy.Store.Moves.Export;

/// <summary>The answer of <c>GET /moves/users/{user}/export/{mailbox}/uids</c>: every UID that is there. What a copy has beyond it was expunged.</summary>
/// <param name="Ranges">First and last UID of each unbroken run, ascending: a mailbox of any size without gaps is two numbers.</param>
public sealed record ExportUids(IReadOnlyList<uint> Ranges)
{
    /// <summary>From UIDs in ascending order.</summary>
    public static ExportUids From(IEnumerable<uint> uids)
    {
        List<uint> ranges = [];
        foreach (var uid in uids)
        {
            if (ranges.Count > 0 && ranges[^1] + 1 == uid)
            {
                ranges[^1] = uid;
            }
            else
            {
                ranges.AddRange([uid, uid]);
            }
        }

        return new(ranges);
    }

    /// <summary>Those of <paramref name="uids"/> (ascending) that are in no range.</summary>
    /// <exception cref="InvalidDataException">The ranges are not pairs in ascending order.</exception>
    public IReadOnlyList<uint> Missing(IEnumerable<uint> uids)
    {
        if (Ranges.Count % 2 != 0 || Enumerable.Range(1, Math.Max(0, Ranges.Count - 1)).Any(index => Ranges[index] < Ranges[index - 1]))
        {
            throw new InvalidDataException("The source's list of UIDs is not in order.");
        }

        List<uint> missing = [];
        var range = 0;
        foreach (var uid in uids)
        {
            while (range < Ranges.Count && Ranges[range + 1] < uid)
            {
                range += 2;
            }

            if (range >= Ranges.Count || uid < Ranges[range])
            {
                missing.Add(uid);
            }
        }

        return missing;
    }
}
