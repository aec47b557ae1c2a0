using MailProxy.Proxy.Sessions;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;

namespace MailProxy.Proxy.Connect;

/// <summary>
/// One session's tries at a store: its addresses in the order in which they are tried, and the time for all of them, shared out so that an address that
/// swallows packets uses up its own share only.
/// </summary>
/// <param name="node">The store.</param>
/// <param name="door">By which service.</param>
/// <param name="candidates">Best first; none: all are down.</param>
/// <param name="key">Whose they are: the user, or for what concerns no single user the session.</param>
/// <param name="limits">How long reaching it, its greeting and its login may take.</param>
/// <param name="deadline">The session's.</param>
/// <param name="time">For the shares.</param>
internal sealed class StoreTries(
    StoreNode node, StoreDoor door, IReadOnlyList<StoreCandidate> candidates, string key, LimitOptions limits, SessionDeadline deadline, TimeProvider time)
{
    // Even the last of many is tried in earnest: a round trip around the world takes 0.3 s, and a lost first packet is repeated after 1 s (RFC 6298 2).
    private static readonly TimeSpan LeastShare = TimeSpan.FromSeconds(1.5);

    private readonly long _begun = time.GetTimestamp();
    private int _next;

    /// <summary>The store.</summary>
    public StoreNode Node => node;

    /// <summary>By which service.</summary>
    public StoreDoor Door => door;

    /// <summary>Whose they are.</summary>
    public string Key => key;

    /// <summary>The session's.</summary>
    public SessionDeadline Deadline => deadline;

    /// <summary>The address under way; null before the first.</summary>
    public EndpointHealth? Endpoint { get; private set; }

    /// <summary>Another address can be tried after the one under way.</summary>
    public bool HasMore => _next < candidates.Count;

    /// <summary>The store has greeted as it should, at the address under way.</summary>
    public bool IsGreeted { get; private set; }

    /// <summary>How long the greeting may take. What another address could use is not spent on it.</summary>
    public TimeSpan GreetingLimit => HasMore ? Share(1) : limits.StoreGreeting;

    /// <summary>Goes on to the next address; null: there is none.</summary>
    public EndpointHealth? Next()
    {
        IsGreeted = false;
        return Endpoint = HasMore ? candidates[_next++].For(door.Service) : null;
    }

    /// <summary>What the next step may take.</summary>
    /// <param name="steps">How many are left at this address, this one included.</param>
    public TimeSpan Share(int steps)
    {
        var tries = steps + candidates.Count - _next;
        var share = (limits.StoreConnect - time.GetElapsedTime(_begun)) / tries;
        return share > LeastShare || (tries == 1 && share > TimeSpan.Zero) ? share : LeastShare < limits.StoreConnect ? LeastShare : limits.StoreConnect;
    }

    /// <summary>The greeting was read: before that the address is to blame for what goes wrong, from here on the login's own limit counts.</summary>
    public void Greeted()
    {
        IsGreeted = true;
        deadline.Within(limits.StoreLogin);
    }
}
