using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;

namespace MailProxy.Proxy.Live;

/// <summary>
/// The sessions of a node that are still to be asked to end. They are looked up once, and again when those are through: who came in meanwhile is asked last. A look
/// each time would be megabytes of garbage a second on a full node.
/// </summary>
public sealed class Farewells
{
    private readonly LiveSessions _sessions;
    private List<SessionEntry> _left = [];

    internal Farewells(LiveSessions sessions) => _sessions = sessions;

    /// <summary>Asks some of those that were not asked yet to end because the node drains; returns how many are left to be asked, or a few more: some end by themselves.</summary>
    /// <param name="count">So many; nought only counts.</param>
    /// <param name="reason">For their log lines.</param>
    public int EndSome(int count, string reason)
    {
        while (true)
        {
            count -= EndFromList(count, reason);
            if (_left.Count > 0)
            {
                return _left.Count;
            }

            // Whoever has ended is in the next look no more, and whoever was asked is left out: so this comes to an end.
            _left = _sessions.Entries(null).FindAll(entry => !entry.IsEnding);
            if (_left.Count == 0 || count <= 0)
            {
                return _left.Count;
            }
        }
    }

    // Returns how many it asked.
    private int EndFromList(int count, string reason)
    {
        var asked = 0;
        while (asked < count && _left.Count > 0)
        {
            var entry = _left[^1];
            _left.RemoveAt(_left.Count - 1);
            if (!entry.IsEnding)
            {
                entry.End(ProxyFailure.Draining, DeadlineCause.NodeStops, reason);
                asked++;
            }
        }

        return asked;
    }
}
