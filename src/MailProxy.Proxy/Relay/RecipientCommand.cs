namespace MailProxy.Proxy.Relay;

/// <summary>What RCPT TO said.</summary>
/// <param name="Address">Forward path without brackets.</param>
/// <param name="Notify">NOTIFY= (RFC 3461 4.1), judged; null: not said.</param>
/// <param name="OriginalRecipient">ORCPT= (RFC 3461 4.2), judged, as it was written; null: not said.</param>
internal sealed record RecipientCommand(string Address, string? Notify = null, string? OriginalRecipient = null);
