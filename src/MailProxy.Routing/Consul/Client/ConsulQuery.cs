namespace MailProxy.Routing.Consul.Client;

/// <summary>How to read.</summary>
/// <param name="Index">0: answer at once. Else block until the index passes this one.</param>
/// <param name="Wait">How long to block at most; the agent adds up to a sixteenth.</param>
/// <param name="Stale">Let any server answer, also without a leader.</param>
public readonly record struct ConsulQuery(ulong Index = 0, TimeSpan Wait = default, bool Stale = false);
