using MailProxy.Transport.Serving;

namespace MailProxy.Proxy.Count;

/// <summary>What a session is counted under.</summary>
/// <param name="Session">Its number, unique in the cluster.</param>
/// <param name="User">Canonical name.</param>
/// <param name="Network">The client's; null in memory: it is counted by user only.</param>
public readonly record struct SessionPlace(ulong Session, string User, ClientNetwork? Network);
