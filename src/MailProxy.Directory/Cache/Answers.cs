using BitFaster.Caching.Lru;

namespace MailProxy.Directory.Cache;

/// <summary>
/// Kept answers to one kind of question, the good ones and the refusals apart: whoever asks for a million names that nobody has, or tries as many passwords,
/// pushes out other refusals and not the answers that carry users through an outage.
/// </summary>
/// <param name="options">For how long and how many.</param>
/// <param name="comparer">Of questions.</param>
/// <param name="time">For ages.</param>
internal sealed class Answers<TKey, TAnswer>(DirectoryCacheOptions options, IEqualityComparer<TKey> comparer, TimeProvider time)
    where TKey : notnull
    where TAnswer : class
{
    // Refusals live for seconds.
    private const int RefusalShare = 8;

    private readonly ConcurrentLru<TKey, Kept<TAnswer>> _good = new(Environment.ProcessorCount, options.Entries, comparer);
    private readonly ConcurrentLru<TKey, Kept<TAnswer>> _refusals = new(Environment.ProcessorCount, Math.Max(16, options.Entries / RefusalShare), comparer);

    /// <summary>There is something to fall back on.</summary>
    public bool HasGood => _good.Count > 0;

    /// <summary>An answer that needs no question.</summary>
    public bool TryGetFresh(TKey key, out TAnswer answer)
    {
        if ((_good.TryGet(key, out var kept) && time.GetElapsedTime(kept.At) < options.Positive && !HasEnded(kept))
            || (_refusals.TryGet(key, out kept) && time.GetElapsedTime(kept.At) < options.Negative))
        {
            answer = kept.Answer;
            return true;
        }

        answer = null!;
        return false;
    }

    /// <summary>A good answer for when there is no other.</summary>
    /// <param name="key">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="age">How old it is.</param>
    public bool TryGetLastGood(TKey key, out TAnswer answer, out TimeSpan age)
    {
        (answer, age) = (null!, default);
        if (!_good.TryGet(key, out var kept) || HasEnded(kept))
        {
            return false;
        }

        (answer, age) = (kept.Answer, time.GetElapsedTime(kept.At));
        return options.LastGood > TimeSpan.Zero && age < options.Positive + options.LastGood;
    }

    /// <summary>Keeps an answer, instead of any other to this question.</summary>
    /// <param name="key">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="isGood">No refusal.</param>
    /// <param name="until">When a good one ceases to be true by itself, outage or not; null: never.</param>
    public void Keep(TKey key, TAnswer answer, bool isGood, DateTimeOffset? until = null)
    {
        (isGood ? _good : _refusals).AddOrUpdate(key, new(answer, time.GetTimestamp(), until));
        (isGood ? _refusals : _good).TryRemove(key);
    }

    /// <summary>Drops the answers that are meant; returns how many.</summary>
    public int Forget(Func<TKey, TAnswer, bool> isMeant)
    {
        var forgotten = 0;
        foreach (var kind in (ReadOnlySpan<ConcurrentLru<TKey, Kept<TAnswer>>>)[_good, _refusals])
        {
            foreach (var (key, kept) in kind)
            {
                if (isMeant(key, kept.Answer) && kind.TryRemove(key))
                {
                    forgotten++;
                }
            }
        }

        return forgotten;
    }

    private bool HasEnded(Kept<TAnswer> kept) => kept.Until is { } until && time.GetUtcNow() >= until;
}
