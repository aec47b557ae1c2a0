namespace MailProxy.Transport.Serving;

/// <summary>Counts up to a limit and never beyond it, however many threads come at once.</summary>
internal sealed class BoundedCount(int limit)
{
    private volatile int _limit = limit;
    private int _value;

    /// <summary>Those that are in.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>Another limit; those beyond it stay in.</summary>
    public void Use(int next) => _limit = next;

    /// <summary>Counts one in; false when the limit is reached, and then nothing has changed.</summary>
    public bool TryEnter()
    {
        var value = Volatile.Read(ref _value);
        while (value < _limit)
        {
            var seen = Interlocked.CompareExchange(ref _value, value + 1, value);
            if (seen == value)
            {
                return true;
            }

            value = seen;
        }

        return false;
    }

    /// <summary>Counts one out.</summary>
    public void Leave() => Interlocked.Decrement(ref _value);
}
