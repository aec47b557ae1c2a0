using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Serving;

namespace MailProxy.Proxy.Count;

/// <summary>
/// Counts the live sessions of each user, in all and from one client network, from authentication to the session's end, and lets none in beyond the
/// caps. This node's own count is always kept and always holds; where all nodes share one, that holds as well as long as it can be asked.
/// </summary>
/// <param name="limits">The caps.</param>
/// <param name="shared">The count of all nodes; null: there is none.</param>
internal sealed class UserSessions(LimitOptions limits, ISharedSessions? shared)
{
    private volatile int _perUser = limits.SessionsPerUser;
    private volatile int _perUserAndAddress = limits.SessionsPerUserAndAddress;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<(string User, ClientNetwork Network), int> _networks = [];

    /// <summary>Nothing is counted, since nothing is capped.</summary>
    public bool IsOff => _perUser == 0 && _perUserAndAddress == 0;

    /// <summary>Other caps, for sessions to come. Those that began while nothing was capped stay uncounted.</summary>
    public void Use(LimitOptions next) => (_perUser, _perUserAndAddress) = (next.SessionsPerUser, next.SessionsPerUserAndAddress);

    /// <summary>Counts that are not zero: none, when no session lives.</summary>
    public int Entries
    {
        get
        {
            lock (_gate)
            {
                return _users.Count + _networks.Count;
            }
        }
    }

    /// <summary>
    /// Counts a session in; null: it is in, and <see cref="SessionContext.HasPlace"/>. Otherwise why not, and nothing has changed. Completes at once when
    /// only this node counts.
    /// </summary>
    public ValueTask<(SessionCap Cap, string Detail)?> EnterAsync(SessionContext session)
    {
        var place = session.Place;
        if (TryEnter(place) is var cap && cap != SessionCap.None)
        {
            return ValueTask.FromResult<(SessionCap, string)?>((cap, DetailOf(cap, place, "on this node")));
        }

        // From here on it is taken out again whatever happens: the session's end looks at this.
        session.HasPlace = true;
        return shared is null ? ValueTask.FromResult<(SessionCap, string)?>(null) : ShareAsync(session, place);
    }

    /// <summary>Counts a session out, if it is in.</summary>
    public void Leave(SessionContext session)
    {
        if (!session.HasPlace)
        {
            return;
        }

        session.HasPlace = false;
        var place = session.Place;

        // The wider count first: whoever finds a place here shall find one there too.
        shared?.Leave(place);
        Release(place);
    }

    private async ValueTask<(SessionCap Cap, string Detail)?> ShareAsync(SessionContext session, SessionPlace place)
    {
        if (await shared!.EnterAsync(place, _perUser, _perUserAndAddress) is not { } cap || cap == SessionCap.None)
        {
            return null;
        }

        session.HasPlace = false;
        Release(place);
        return (cap, DetailOf(cap, place, "on all nodes"));
    }

    private SessionCap TryEnter(SessionPlace place)
    {
        lock (_gate)
        {
            var ofUser = _users.GetValueOrDefault(place.User);
            if (_perUser > 0 && ofUser >= _perUser)
            {
                return SessionCap.User;
            }

            if (place.Network is { } network)
            {
                var ofNetwork = _networks.GetValueOrDefault((place.User, network));
                if (_perUserAndAddress > 0 && ofNetwork >= _perUserAndAddress)
                {
                    return SessionCap.UserAndAddress;
                }

                _networks[(place.User, network)] = ofNetwork + 1;
            }

            _users[place.User] = ofUser + 1;
            return SessionCap.None;
        }
    }

    // The last one takes the entry with it, or the tables would grow with every user that ever came.
    private void Release(SessionPlace place)
    {
        lock (_gate)
        {
            Decrement(_users, place.User);
            if (place.Network is { } network)
            {
                Decrement(_networks, (place.User, network));
            }
        }
    }

    private static void Decrement<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (counts[key] is var count && count > 1)
        {
            counts[key] = count - 1;
        }
        else
        {
            counts.Remove(key);
        }
    }

    private string DetailOf(SessionCap cap, SessionPlace place, string where) => cap == SessionCap.User
        ? $"{place.User} has {_perUser} sessions {where} (Limits:{nameof(LimitOptions.SessionsPerUser)})"
        : $"{place.User} has {_perUserAndAddress} sessions from this address {where} (Limits:{nameof(LimitOptions.SessionsPerUserAndAddress)})";
}
