using System.Collections.Concurrent;

namespace MailProxy.Directory.Cache;

/// <summary>Questions on their way: who asks the same meanwhile waits for the same answer. A question is given up when nobody waits for it any more.</summary>
internal sealed class Flights<TKey, TAnswer>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Flight> _flights = new();

    /// <summary>Questions on their way.</summary>
    public int Count => _flights.Count;

    /// <summary>The answer to a question, asked once however many want to know it.</summary>
    /// <param name="key">What makes questions the same.</param>
    /// <param name="ask">Asks; called on this thread when nobody asked before.</param>
    /// <param name="state">For <paramref name="ask"/>.</param>
    /// <param name="joined">True: somebody else had asked.</param>
    /// <param name="cancellationToken">Ends this one's waiting.</param>
    public Task<TAnswer> AskAsync<TState>(TKey key, Func<TState, CancellationToken, Task<TAnswer>> ask, TState state, out bool joined, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_flights.TryGetValue(key, out var known))
            {
                if (known.TryJoin())
                {
                    joined = true;
                    return WaitAsync(known, cancellationToken);
                }

                // Given up a moment ago: it is not the one to wait for.
                _flights.TryRemove(new(key, known));
            }

            var mine = new Flight();
            if (_flights.TryAdd(key, mine))
            {
                joined = false;
                _ = FlyAsync(key, mine, ask, state);
                return WaitAsync(mine, cancellationToken);
            }
        }
    }

    private static async Task<TAnswer> WaitAsync(Flight flight, CancellationToken cancellationToken)
    {
        try
        {
            return await flight.Answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            flight.Leave();
        }
    }

    private async Task FlyAsync<TState>(TKey key, Flight flight, Func<TState, CancellationToken, Task<TAnswer>> ask, TState state)
    {
        try
        {
            var answer = await ask(state, flight.Token);
            _flights.TryRemove(new(key, flight));
            flight.Answer.TrySetResult(answer);
        }
        catch (OperationCanceledException)
        {
            _flights.TryRemove(new(key, flight));
            flight.Answer.TrySetCanceled();
        }
        catch (Exception exception)
        {
            _flights.TryRemove(new(key, flight));
            flight.Answer.TrySetException(exception);
        }
    }

    private sealed class Flight : IDisposable
    {
        private readonly CancellationTokenSource _abandoned = new();
        private int _waiting = 1;

        public Flight() => Token = _abandoned.Token;

        public CancellationToken Token { get; }

        // Whoever waits goes on elsewhere: the provider's thread is not theirs.
        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryJoin()
        {
            for (var seen = Volatile.Read(ref _waiting); seen > 0;)
            {
                var before = Interlocked.CompareExchange(ref _waiting, seen + 1, seen);
                if (before == seen)
                {
                    return true;
                }

                seen = before;
            }

            return false;
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _waiting) == 0)
            {
                if (!Answer.Task.IsCompleted)
                {
                    _abandoned.Cancel();
                }

                Dispose();
            }
        }

        public void Dispose() => _abandoned.Dispose();
    }
}
