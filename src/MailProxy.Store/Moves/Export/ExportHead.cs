namespace MailProxy.Store.Moves.Export;

/// <summary>The answer of <c>GET /moves/users/{user}/export</c>: names and counters at one moment.</summary>
/// <param name="User">Canonical name.</param>
/// <param name="Store">The source's id.</param>
/// <param name="Hold">The hold (or the fence's) of the move that asks; null: the user is served, and things change.</param>
/// <param name="LastUidValidity">The greatest UIDVALIDITY that the source has given to anyone.</param>
/// <param name="Names">All mailbox names.</param>
/// <param name="Subscriptions">Subscribed names.</param>
public sealed record ExportHead(
    string User, string Store, string? Hold, uint LastUidValidity, IReadOnlyList<ExportedName> Names, IReadOnlyList<string> Subscriptions);
