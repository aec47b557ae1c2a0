namespace MailProxy.Routing.Health;

/// <summary>
/// What this node's own connections tell of one address and port of a store. One object for as long as the catalog names them, so that what is known
/// survives updates of the catalog. When all is well a login reads two fields of it and writes none.
/// </summary>
/// <param name="address">Host name or IP address.</param>
/// <param name="port">TCP port.</param>
public sealed class EndpointHealth(string address, int port)
{
    private readonly Lock _gate = new();
    private volatile bool _isOpen;
    private volatile bool _isRetired;
    private volatile object? _learnt;
    private int _failures;
    private volatile SilentUsers? _silent;
    private volatile bool _isSilent;
    private int _trial;

    /// <summary>Host name or IP address.</summary>
    public string Address => address;

    /// <summary>TCP port.</summary>
    public int Port => port;

    /// <summary>The breaker is open: nobody dials it but probes.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>The breaker is open because logins were not answered: it takes an answered login to close it, which no probe can bring about.</summary>
    internal bool IsSilent => _isSilent;

    /// <summary>Failures since the last success.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>Since when the breaker is open; null: it is closed.</summary>
    public DateTimeOffset? OpenSince { get; private set; }

    /// <summary>What the last failure was, for people; empty: none since the last success.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>What a dialogue has found out about the server that answers there; forgotten with a failure, as it may be another one that comes back.</summary>
    public object? Learnt
    {
        get => _learnt;
        set => _learnt = value;
    }

    /// <summary>The catalog does not name it any more.</summary>
    internal bool IsRetired
    {
        get => _isRetired;
        set => _isRetired = value;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{address}:{port}";

    /// <summary>An attempt failed before the store was of any use. True when this opened the breaker.</summary>
    /// <param name="limit">So many in a row open it.</param>
    /// <param name="now">The time.</param>
    /// <param name="reason">For people.</param>
    internal bool Fail(int limit, DateTimeOffset now, string reason)
    {
        lock (_gate)
        {
            Reason = reason;
            Learnt = null;
            if (++_failures < limit || _isOpen)
            {
                return false;
            }

            OpenSince = now;
            return _isOpen = true;
        }
    }

    /// <summary>A login was not answered, though the store had greeted. True when this opened the breaker.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="limit">So many different users, with nobody answered in between, open it.</param>
    /// <param name="window">Within this time.</param>
    /// <param name="now">The time.</param>
    /// <param name="reason">For people.</param>
    internal bool Hush(string user, int limit, TimeSpan window, DateTimeOffset now, string reason)
    {
        lock (_gate)
        {
            if (_isOpen)
            {
                return false;
            }

            _silent ??= new SilentUsers();
            if (!_silent.Add(user, limit, window, now))
            {
                return false;
            }

            (Reason, OpenSince, Learnt, _isSilent) = (reason, now, null, true);
            return _isOpen = true;
        }
    }

    /// <summary>
    /// A session got on with the store. An open breaker stays open: sessions that began before it opened may say so, and a probe decides. True where it is open because
    /// logins were not answered, and this one was: the caller closes it.
    /// </summary>
    internal bool Succeed()
    {
        if (Volatile.Read(ref _failures) == 0 && _silent is null)
        {
            return false;
        }

        lock (_gate)
        {
            if (!_isOpen)
            {
                (_failures, Reason, _silent) = (0, "", null);
            }

            return _isOpen && _isSilent;
        }
    }

    /// <summary>One login may be tried though the breaker is open.</summary>
    internal void AllowTrial() => Volatile.Write(ref _trial, 1);

    /// <summary>Takes it, if it is there.</summary>
    internal bool TakeTrial() => _isSilent && Volatile.Read(ref _trial) == 1 && Interlocked.Exchange(ref _trial, 0) == 1;

    /// <summary>It does not even greet by now: what greets next has begun anew, and a probe's word is enough for that.</summary>
    internal void ForgetSilence() => _isSilent = false;

    /// <summary>A probe found it well. How long it was open.</summary>
    internal TimeSpan Close(DateTimeOffset now)
    {
        lock (_gate)
        {
            var open = now - (OpenSince ?? now);
            (_failures, Reason, OpenSince, _silent, _isSilent) = (0, "", null, null, false);
            Volatile.Write(ref _trial, 0);
            _isOpen = false;
            return open;
        }
    }
}
