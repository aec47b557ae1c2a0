namespace MailProxy.Routing.Health;

/// <summary>What this node knows of one store beyond the catalog: its addresses' health, and whether its users come back just now. Kept across updates of the catalog.</summary>
public sealed class StoreHealth
{
    private readonly Dictionary<(string Address, int Port), EndpointHealth> _endpoints = [];
    private readonly Lock _gate = new();
    private volatile ReturnRamp? _ramp;
    private volatile bool _isBack;

    /// <summary>No login has to wait: the store was not down lately.</summary>
    public bool IsCalm => !_isBack && _ramp is null;

    /// <summary>Logins that wait for their turn, while users come back.</summary>
    public int Waiting => _ramp?.Waiting ?? 0;

    /// <summary>The store serves again after it was down: the next login begins the ramp.</summary>
    public void MarkBack() => _isBack = true;

    /// <summary>The health of one address and port: the same object each time.</summary>
    internal EndpointHealth Of(string address, int port)
    {
        lock (_gate)
        {
            if (!_endpoints.TryGetValue((address, port), out var endpoint))
            {
                _endpoints[(address, port)] = endpoint = new EndpointHealth(address, port);
            }

            endpoint.IsRetired = false;
            return endpoint;
        }
    }

    /// <summary>Forgets what the catalog does not name any more.</summary>
    internal void Keep(IEnumerable<EndpointHealth> named)
    {
        var kept = named.ToHashSet();
        lock (_gate)
        {
            foreach (var (key, endpoint) in _endpoints.Where(entry => !kept.Contains(entry.Value)).ToList())
            {
                endpoint.IsRetired = true;
                _endpoints.Remove(key);
            }
        }
    }

    /// <summary>The ramp that logins go through now, begun if the store has just come back; null: there is none, or it is over.</summary>
    internal ReturnRamp? Ramp(Func<StoreHealth, ReturnRamp> begin)
    {
        if (!_isBack)
        {
            return _ramp;
        }

        lock (_gate)
        {
            if (_isBack)
            {
                // A store that went down again while its users came back begins anew.
                _ramp?.End();
                _ramp = begin(this);
                _isBack = false;
            }

            return _ramp;
        }
    }

    /// <summary>The ramp is over.</summary>
    internal void Calm(ReturnRamp ramp)
    {
        lock (_gate)
        {
            if (_ramp == ramp)
            {
                _ramp = null;
            }
        }
    }
}
