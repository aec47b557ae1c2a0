namespace MailProxy.Proxy.Relay;

/// <summary>What MAIL FROM said.</summary>
/// <param name="Sender">Reverse path without brackets; empty for bounces.</param>
/// <param name="IsEightBit">BODY=8BITMIME (RFC 6152).</param>
/// <param name="IsInternational">SMTPUTF8 (RFC 6531).</param>
/// <param name="DeclaredSize">SIZE= (RFC 1870), octets; null: not declared.</param>
internal sealed record RelayEnvelope(string Sender, bool IsEightBit, bool IsInternational, long? DeclaredSize);
