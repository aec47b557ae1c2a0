namespace MailProxy.Store.Imap.Search;

/// <summary>A condition on one message.</summary>
/// <param name="Cost">0: its entry tells; 1: its header must be read; 2: its text. Cheap conditions are tried first.</param>
/// <param name="TestAsync">True when the message meets it.</param>
internal sealed record SearchKey(int Cost, Func<SearchTarget, ValueTask<bool>> TestAsync)
{
    /// <summary>A condition on what the message's entry tells.</summary>
    public static SearchKey OnEntry(Func<SearchTarget, bool> test) => new(0, target => ValueTask.FromResult(test(target)));

    /// <summary>All of them.</summary>
    public static SearchKey And(IReadOnlyList<SearchKey> keys)
    {
        var ordered = keys.OrderBy(key => key.Cost).ToArray();
        return ordered.Length == 1 ? ordered[0] : new(ordered[^1].Cost, async target =>
        {
            foreach (var key in ordered)
            {
                if (!await key.TestAsync(target))
                {
                    return false;
                }
            }

            return true;
        });
    }

    /// <summary>Either of them.</summary>
    public static SearchKey Or(SearchKey one, SearchKey other)
    {
        var (first, second) = one.Cost <= other.Cost ? (one, other) : (other, one);
        return new(second.Cost, async target => await first.TestAsync(target) || await second.TestAsync(target));
    }

    /// <summary>Not this one.</summary>
    public static SearchKey Not(SearchKey key) => new(key.Cost, async target => !await key.TestAsync(target));
}
