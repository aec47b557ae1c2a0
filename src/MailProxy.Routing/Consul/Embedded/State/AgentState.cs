using System.Collections.Immutable;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>Holds the current state, applies changes one after another, and lets queries block for them.</summary>
internal sealed class AgentState(ClusterState initial, KvFile? file, TimeProvider time, Random random)
{
    private readonly Lock gate = new();
    private readonly Waiters waiters = new();
    private ClusterState current = initial;
    private bool stopping;

    /// <summary>The state now.</summary>
    public ClusterState Current
    {
        get
        {
            lock (gate)
            {
                return current;
            }
        }
    }

    /// <summary>Applies a change; the index moves and queries wake only when it touched something.</summary>
    public T Change<T>(Func<ClusterState, (ClusterState Next, T Result)> change)
    {
        lock (gate)
        {
            var (next, result) = change(current);
            var touched = next.Touched;
            current = next with { Index = touched.IsEmpty ? current.Index : current.NextIndex, Touched = ImmutableList<Topic>.Empty };
            if (!touched.IsEmpty)
            {
                waiters.Wake(touched);
            }

            return result;
        }
    }

    /// <summary>Ends when all changes of the KV store until now are on disk (at once when it lives in memory only).</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    public Task PersistAsync(CancellationToken cancellationToken) =>
        file is null ? Task.CompletedTask : file.SaveAsync(Current.Kv.LastIndex, () => Current.Kv, cancellationToken);

    /// <summary>Reads; blocks while the index that the read answers has not passed the one asked with, for at most the wait.</summary>
    /// <param name="read">Reads from one state: the value and its index.</param>
    /// <param name="matches">Which changes are worth reading again for.</param>
    /// <param name="blocking">What the query says.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<(T Value, ulong Index)> ReadAsync<T>(
        Func<ClusterState, (T Value, ulong Index)> read, Func<Topic, bool> matches, BlockingQuery blocking, CancellationToken cancellationToken)
    {
        // Consul lengthens each wait by up to a sixteenth, so that clients do not come back in step.
        var wait = blocking.Wait + (blocking.Wait / 16 * random.NextDouble());
        var started = time.GetTimestamp();
        while (true)
        {
            Task woken;
            Action remove;
            var remaining = wait - time.GetElapsedTime(started);
            lock (gate)
            {
                var answer = read(current);
                if (blocking.Index == 0 || answer.Index > blocking.Index || stopping || remaining <= TimeSpan.Zero)
                {
                    return answer;
                }

                (woken, remove) = waiters.Add(matches);
            }

            try
            {
                await woken.WaitAsync(remaining, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                lock (gate)
                {
                    return read(current);
                }
            }
            finally
            {
                lock (gate)
                {
                    remove();
                }
            }
        }
    }

    /// <summary>Answers all blocked queries, and blocks none any more: what a stopping Consul does.</summary>
    public void Stop()
    {
        lock (gate)
        {
            stopping = true;
            waiters.WakeAll();
        }
    }
}
