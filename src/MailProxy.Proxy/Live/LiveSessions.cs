using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Splice;

namespace MailProxy.Proxy.Live;

/// <summary>
/// Every session of a node as it is now, for operators. Nothing is kept for it: a look walks the registry of spliced sessions and the deadlines of all
/// others, which costs milliseconds on a full node.
/// </summary>
public sealed class LiveSessions
{
    /// <summary>Sessions on one page.</summary>
    public const int PageLimit = 1_000;

    private readonly SessionRegistry _registry;
    private readonly SessionDeadlines _deadlines;

    internal LiveSessions(SessionRegistry registry, SessionDeadlines deadlines) => (_registry, _deadlines) = (registry, deadlines);

    /// <summary>A page of sessions, a user's or all.</summary>
    /// <param name="user">Canonical name; null: everybody's, those before login too.</param>
    /// <param name="after">The <see cref="SessionListingPage.Next"/> of the page before; null: the first page. An id that is none begins anew.</param>
    /// <param name="limit">At most so many, 1 to <see cref="PageLimit"/>.</param>
    public SessionListingPage Page(string? user, string? after, int limit)
    {
        var all = Entries(user);
        var first = after is not null && SessionIds.TryParse(after, out var number) ? number : (ulong?)null;
        SessionEntry[] rest = [.. all.Where(entry => first is null || entry.Context.Number > first).OrderBy(entry => entry.Context.Number)];
        var page = rest.Take(Math.Clamp(limit, 1, PageLimit)).ToList();
        return new SessionListingPage([.. page.Select(entry => entry.Listing())], all.Count, page.Count < rest.Length ? page[^1].Context.Id : null);
    }

    /// <summary>Ends all sessions of a user with a goodbye, or cut after <c>Limits:Goodbye</c>; returns how many.</summary>
    public int KickUser(string user) => Kick(Entries(user));

    /// <summary>Ends one session so; returns 1, or 0 when there is none of this id.</summary>
    public int KickSession(string id) => SessionIds.TryParse(id, out var number) ? Kick(Entries(null).Where(entry => entry.Context.Number == number)) : 0;

    /// <summary>For a node that lets go of its sessions bit by bit.</summary>
    public Farewells BeginFarewells() => new(this);

    /// <summary>Sessions that are tied to a store, by store.</summary>
    public IReadOnlyDictionary<string, int> ByStore() =>
        _registry.Snapshot(null).CountBy(session => session.StoreId).ToDictionary(StringComparer.Ordinal);

    private static int Kick(IEnumerable<SessionEntry> entries)
    {
        var kicked = 0;
        foreach (var entry in entries)
        {
            entry.End(ProxyFailure.EndedByOperator, DeadlineCause.Kicked, "ended by an operator");
            kicked++;
        }

        return kicked;
    }

    // A session on its way into the splice is with both for a moment: the registry's entry counts.
    internal List<SessionEntry> Entries(string? user)
    {
        var tied = _registry.Snapshot(user);
        var entries = new List<SessionEntry>(tied.Count);
        var known = new HashSet<ulong>();
        foreach (var live in tied)
        {
            entries.Add(new SessionEntry(live.Context, live, null));
            if (!live.Context.IsSpliced)
            {
                known.Add(live.Context.Number);
            }
        }

        foreach (var deadline in _deadlines.Snapshot())
        {
            if (deadline.Session is { IsSpliced: false } context && (user is null || context.User == user) && !known.Contains(context.Number))
            {
                entries.Add(new SessionEntry(context, null, deadline));
            }
        }

        return entries;
    }
}
