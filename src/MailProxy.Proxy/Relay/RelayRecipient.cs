namespace MailProxy.Proxy.Relay;

/// <summary>A recipient that was accepted from the client.</summary>
/// <param name="Address">As the client named it.</param>
/// <param name="Places">Where it goes: one place per user that it stands for. Index: position among the target's recipients.</param>
internal sealed record RelayRecipient(string Address, IReadOnlyList<(RelayTarget Target, int Index)> Places);
