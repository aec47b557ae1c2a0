namespace MailProxy.Proxy.Live;

/// <summary>Some of a node's sessions.</summary>
/// <param name="Sessions">In the order of their ids, which are random: a page neither repeats nor misses a session that lives throughout.</param>
/// <param name="Total">How many there are, on all pages.</param>
/// <param name="Next">Where the next page begins; null: this was the last.</param>
public sealed record SessionListingPage(IReadOnlyList<SessionListing> Sessions, int Total, string? Next);
