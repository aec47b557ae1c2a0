namespace MailProxy.Store.Engine;

/// <summary>What COPYUID needs (RFC 4315).</summary>
/// <param name="UidValidity">Of the target mailbox.</param>
/// <param name="Uids">Source UID and target UID of each message, in ascending source order.</param>
public sealed record CopyResult(uint UidValidity, IReadOnlyList<(uint Source, uint Target)> Uids);
