using System.Collections.Concurrent;
using MailProxy.Routing;
using MailProxy.Routing.Decisions;

namespace MailProxy.Proxy.Sessions;

/// <summary>
/// The sessions that are tied to a store, by user. When routing changes, those whose user now lives elsewhere are ended.
/// A session enters before the client hears "yes" and is judged again at that moment, so none slips in between.
/// </summary>
internal sealed class SessionRegistry : IDisposable
{
    // A user's sessions are an array that is replaced as a whole: nothing is ever added to a set that was just taken out.
    private readonly ConcurrentDictionary<string, LiveSession[]> _byUser = new(StringComparer.Ordinal);
    private readonly IRouter _router;
    private int _count;

    public SessionRegistry(IRouter router)
    {
        _router = router;
        _router.Changed += EndMoved;
    }

    /// <summary>Live sessions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Enters a session; null when its user has moved meanwhile: route again.</summary>
    public LiveSession? TryEnter(SessionContext context, string storeId)
    {
        var session = new LiveSession(context, storeId);
        var user = context.User!;
        _byUser.AddOrUpdate(user, static (_, added) => [added], static (_, sessions, added) => [.. sessions, added], session);
        Interlocked.Increment(ref _count);
        if (HasMoved(user, context.DirectoryHome, storeId, out _))
        {
            Leave(session);
            return null;
        }

        return session;
    }

    /// <summary>Takes a session out and disposes it.</summary>
    public void Leave(LiveSession session)
    {
        var user = session.Context.User!;
        while (_byUser.TryGetValue(user, out var sessions) && sessions.Contains(session))
        {
            var isGone = sessions.Length == 1
                ? _byUser.TryRemove(new(user, sessions))
                : _byUser.TryUpdate(user, Array.FindAll(sessions, other => other != session), sessions);
            if (isGone)
            {
                Interlocked.Decrement(ref _count);
                break;
            }
        }

        session.Dispose();
    }

    /// <summary>Ends every session.</summary>
    public void EndAll(string reason)
    {
        foreach (var session in _byUser.Values.SelectMany(sessions => sessions))
        {
            session.End(reason);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _router.Changed -= EndMoved;

    private void EndMoved()
    {
        foreach (var (user, sessions) in _byUser)
        {
            foreach (var session in sessions)
            {
                if (HasMoved(user, session.Context.DirectoryHome, session.StoreId, out var decision))
                {
                    session.End($"moved to {decision.StoreId} ({decision.Detail})");
                }
            }
        }
    }

    // A user on hold or without any route keeps the sessions there are; only another home ends them.
    private bool HasMoved(string user, string? directoryHome, string storeId, out RouteDecision decision)
    {
        decision = _router.Route(user, directoryHome);
        return decision.StoreId is not null && decision.StoreId != storeId;
    }
}
