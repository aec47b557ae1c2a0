namespace MailProxy.Routing.Health;

/// <summary>
/// Paces the logins at one store that was down: so many may be under way at once, twice as many each second, until the time for it is over. The others
/// wait in line, first come first served. What is bounded is what is under way, so a store that answers fast is back soon and one that is slow is spared.
/// </summary>
internal sealed class ReturnRamp
{
    // Beyond 2^20 logins at once nothing is held back anyway.
    private const int LongestDoubling = 20;

    private static readonly TimeSpan Doubling = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _line = [];
    private readonly StoreHealthOptions _options;
    private readonly StoreHealth _store;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly ITimer _timer;
    private int _underWay;
    private bool _isOver;

    public ReturnRamp(StoreHealth store, StoreHealthOptions options, TimeProvider time)
    {
        (_store, _options, _time, _begun) = (store, options, time, time.GetTimestamp());
        _timer = time.CreateTimer(static self => ((ReturnRamp)self!).Tick(), this, Doubling, Doubling);
    }

    /// <summary>Logins in line.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _line.Count;
            }
        }
    }

    // Called with the gate held.
    private int Allowed => _options.ReturnLogins << Math.Min((int)(_time.GetElapsedTime(_begun) / Doubling), LongestDoubling);

    /// <summary>Waits for a turn. False: the line is full. Every turn that was given is taken back by <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> place;
        lock (_gate)
        {
            if (_isOver || (_underWay < Allowed && _line.Count == 0))
            {
                _underWay++;
                return true;
            }

            if (_line.Count >= _options.ReturnWaiting)
            {
                return false;
            }

            place = _line.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await place.Value.Task.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            GiveUp(place);
            throw;
        }
    }

    /// <summary>A login that had its turn is through, one way or the other.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _underWay--;
            Admit();
        }
    }

    /// <summary>Lets everybody in: the store is back, or down again and says so itself.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            Admit();
        }

        _timer.Dispose();
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource> place)
    {
        lock (_gate)
        {
            if (place.List is not null)
            {
                _line.Remove(place);
                return;
            }
        }

        // The turn had come in the same moment.
        Leave();
    }

    private void Tick()
    {
        if (_time.GetElapsedTime(_begun) >= _options.ReturnTime)
        {
            _store.Calm(this);
            End();
            return;
        }

        lock (_gate)
        {
            Admit();
        }
    }

    // Called with the gate held.
    private void Admit()
    {
        while (_line.First is { } first && (_isOver || _underWay < Allowed))
        {
            _line.RemoveFirst();
            _underWay++;
            first.Value.SetResult();
        }
    }
}
