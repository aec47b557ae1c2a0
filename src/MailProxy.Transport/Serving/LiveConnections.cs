namespace MailProxy.Transport.Serving;

/// <summary>The connections of one server.</summary>
internal sealed class LiveConnections
{
    private readonly Lock _gate = new();
    private readonly List<ServedConnection> _all = [];
    private TaskCompletionSource? _empty;

    /// <summary>As they are now.</summary>
    public IReadOnlyList<ServedConnection> Snapshot
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>One more.</summary>
    public void Add(ServedConnection connection)
    {
        lock (_gate)
        {
            connection.Index = _all.Count;
            _all.Add(connection);
        }
    }

    /// <summary>One less.</summary>
    public void Remove(ServedConnection connection)
    {
        lock (_gate)
        {
            var last = _all[^1];
            _all[connection.Index] = last;
            last.Index = connection.Index;
            _all.RemoveAt(_all.Count - 1);
            if (_all.Count == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    /// <summary>Ends when there is none left; asked when no more are added.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            // Elsewhere, because the last connection may end on a thread that must not run what waits for it.
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_all.Count == 0)
            {
                _empty.TrySetResult();
            }

            return _empty.Task;
        }
    }
}
