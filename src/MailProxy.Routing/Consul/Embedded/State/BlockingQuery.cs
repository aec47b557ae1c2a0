namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>The blocking parameters of a query.</summary>
/// <param name="Index">0: do not block.</param>
/// <param name="Wait">How long to block at most.</param>
internal readonly record struct BlockingQuery(ulong Index, TimeSpan Wait);
