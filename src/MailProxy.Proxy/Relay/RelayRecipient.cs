namespace MailProxy.Proxy.Relay;

/// <summary>A recipient that was accepted from the client.</summary>
/// <param name="Address">As the client named it.</param>
/// <param name="Places">Where it goes: one place per user that it stands for.</param>
internal sealed record RelayRecipient(string Address, IReadOnlyList<RelayPlace> Places);
