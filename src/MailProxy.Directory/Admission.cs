namespace MailProxy.Directory;

/// <summary>So many may be inside at once, so many more may wait; whoever comes then is turned away at once.</summary>
internal sealed class Admission(int atOnce, int waiting) : IDisposable
{
    private readonly SemaphoreSlim _places = new(atOnce, atOnce);
    private int _present;

    /// <returns>False if too many are waiting already; true: call <see cref="Leave"/>.</returns>
    /// <exception cref="OperationCanceledException">Waited in vain.</exception>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _present) > atOnce + waiting)
        {
            Interlocked.Decrement(ref _present);
            return false;
        }

        try
        {
            await _places.WaitAsync(cancellationToken);
            return true;
        }
        catch
        {
            Interlocked.Decrement(ref _present);
            throw;
        }
    }

    public void Leave()
    {
        _places.Release();
        Interlocked.Decrement(ref _present);
    }

    /// <summary>Waits until nobody is inside. Nobody may come after.</summary>
    public async ValueTask DrainAsync()
    {
        for (int place = 0; place < atOnce; place++)
        {
            await _places.WaitAsync();
        }
    }

    public void Dispose() => _places.Dispose();
}
