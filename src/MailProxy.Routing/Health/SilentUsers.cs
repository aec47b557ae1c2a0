namespace MailProxy.Routing.Health;

/// <summary>
/// Whose logins an address left without an answer since it last answered one. Different users within a window: one user whose mailbox is locked tries again and again,
/// and is one user. Bounded by the limit, because that empties it. Not safe for several threads.
/// </summary>
internal sealed class SilentUsers
{
    private readonly List<(string User, DateTimeOffset At)> _users = [];

    /// <summary>Counts a user; true when so many different ones are within the window.</summary>
    /// <param name="user">Canonical name.</param>
    /// <param name="limit">So many.</param>
    /// <param name="window">Who is older does not count.</param>
    /// <param name="now">The time.</param>
    public bool Add(string user, int limit, TimeSpan window, DateTimeOffset now)
    {
        _users.RemoveAll(one => one.User == user || now - one.At >= window);
        _users.Add((user, now));
        return _users.Count >= limit;
    }
}
