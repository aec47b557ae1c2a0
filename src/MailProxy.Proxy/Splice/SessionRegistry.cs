using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Route;
using MailProxy.Routing;
using MailProxy.Routing.Decisions;

namespace MailProxy.Proxy.Splice;

/// <summary>
/// The sessions that are tied to a store, by user. When routing changes, those whose user now lives elsewhere are ended.
/// A session enters before the client hears "yes" and is judged again at that moment, so none slips in between.
/// </summary>
internal sealed class SessionRegistry : IDisposable
{
    // The first session of each user; the others hang behind it. A list of its own for each user would cost more than the session does.
    private readonly Dictionary<string, LiveSession> _byUser = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly IRouter _router;
    private int _count;

    public SessionRegistry(IRouter router)
    {
        _router = router;
        _router.Changed += EndMoved;
    }

    /// <summary>Raised when the last session of a user has ended.</summary>
    public event Action<string>? UserLeft;

    /// <summary>Live sessions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Enters a session; false when its user has moved meanwhile: route again.</summary>
    public bool TryEnter(LiveSession session)
    {
        var user = session.Context.User!;
        lock (_gate)
        {
            ref var first = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_byUser, user, out _);
            session.Next = first;
            first = session;
            _count++;
        }

        if (HasMoved(session, out _))
        {
            Leave(session);
            return false;
        }

        return true;
    }

    /// <summary>Takes a session out; harmless when repeated.</summary>
    public void Leave(LiveSession session)
    {
        var user = session.Context.User!;
        var wasLast = false;
        lock (_gate)
        {
            if (!_byUser.TryGetValue(user, out var first))
            {
                return;
            }

            if (first != session)
            {
                Unlink(first, session);
            }
            else if (session.Next is { } next)
            {
                _byUser[user] = next;
                _count--;
            }
            else
            {
                _byUser.Remove(user);
                _count--;
                wasLast = true;
            }
        }

        if (wasLast)
        {
            UserLeft?.Invoke(user);
        }
    }

    /// <summary>Whether a user has a session.</summary>
    public bool Has(string user)
    {
        lock (_gate)
        {
            return _byUser.ContainsKey(user);
        }
    }

    /// <summary>The sessions of a user, or all (null), as they are now.</summary>
    public IReadOnlyList<LiveSession> Snapshot(string? user)
    {
        lock (_gate)
        {
            var all = new List<LiveSession>(user is null ? _count : 0);
            if (user is not null)
            {
                AddFrom(_byUser.GetValueOrDefault(user), all);
                return all;
            }

            foreach (var first in _byUser.Values)
            {
                AddFrom(first, all);
            }

            return all;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _router.Changed -= EndMoved;

    private void Unlink(LiveSession first, LiveSession session)
    {
        for (var before = first; before is not null; before = before.Next)
        {
            if (before.Next == session)
            {
                before.Next = session.Next;
                _count--;
                return;
            }
        }
    }

    // Judged outside the lock: routing every user of a full node takes its time, and logins must not wait for it.
    private void EndMoved(RouteChange change)
    {
        foreach (var session in SessionsOf(change))
        {
            if (HasMoved(session, out var decision))
            {
                session.End(
                    ProxyFailure.UserMoved, decision.Move is null ? $"moved to {decision.StoreId} ({decision.Detail})" : $"being moved ({decision.Detail})");
            }
        }
    }

    // A pin names its user: the others are where they were. Whoever enters meanwhile is judged by itself.
    private IReadOnlyList<LiveSession> SessionsOf(RouteChange change)
    {
        if (change.Users is not { } users)
        {
            return Snapshot(user: null);
        }

        var named = new List<LiveSession>();
        lock (_gate)
        {
            foreach (var user in users)
            {
                AddFrom(_byUser.GetValueOrDefault(user), named);
            }
        }

        return named;
    }

    private static void AddFrom(LiveSession? first, List<LiveSession> all)
    {
        for (var session = first; session is not null; session = session.Next)
        {
            all.Add(session);
        }
    }

    // A user on an operator's hold or without any route keeps the sessions there are. Another home ends them, and so does a move: it waits for that.
    private bool HasMoved(LiveSession session, out RouteDecision decision)
    {
        decision = _router.Route(session.Context.User!, session.Context.DirectoryHome);
        return RouteDrift.HasMoved(decision, session.StoreId, session.Context.Route!.ReferredBy);
    }
}
