namespace MailProxy.Store.Moves.Api;

/// <summary>The answer of <c>GET /moves/users?after=NAME&amp;limit=N&amp;sizes=true</c>: who is served there, in the order of the names' octets.</summary>
/// <param name="Store">The store that answers.</param>
/// <param name="Users">Behind <c>after</c>; at most <c>limit</c>, and fewer when summing up their mail takes too long.</param>
/// <param name="IsLast">Nobody comes behind these.</param>
/// <param name="MaxPulls">How many users this store fetches at a time.</param>
public sealed record StoreUserPage(string Store, IReadOnlyList<StoreUser> Users, bool IsLast, int MaxPulls);
