namespace MailProxy.Proxy.Live;

/// <summary>One session as it is now, for people. Holds no secret.</summary>
/// <param name="Id">As in logs and at stores.</param>
/// <param name="Protocol">The listener's name: <c>imap</c>, <c>imaps</c> ...</param>
/// <param name="Phase">Name of its <see cref="Sessions.SessionPhase"/>.</param>
/// <param name="Age">Since it was accepted.</param>
/// <param name="Client">Address and port; null in memory.</param>
/// <param name="User">Canonical name; null before login.</param>
/// <param name="Store">The store it is tied to, or goes to; null before it is routed.</param>
/// <param name="Why">The rule that routed it.</param>
/// <param name="Tls">Version and cipher suite, or <c>none</c>.</param>
/// <param name="BytesIn">Octets from client to store since the splice began.</param>
/// <param name="BytesOut">Octets from store to client.</param>
/// <param name="Messages">Messages that the relay took.</param>
/// <param name="IsEnding">It was asked to end, and has not yet.</param>
public sealed record SessionListing(
    string Id, string Protocol, string Phase, TimeSpan Age, string? Client, string? User, string? Store, string? Why, string Tls, long BytesIn, long BytesOut, int Messages, bool IsEnding);
