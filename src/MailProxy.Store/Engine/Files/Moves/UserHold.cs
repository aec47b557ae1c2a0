namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>A user who is not served for a while. In memory only: a store that restarts serves again, and the hold's id is worth nothing then.</summary>
/// <param name="Move">The move that holds.</param>
/// <param name="Id">Never given twice, also not by another process.</param>
/// <param name="Since">Timestamp of the clock when it began or was renewed.</param>
/// <param name="Lease">How long it lasts from then on.</param>
/// <param name="Ends">The same as time of day, for people.</param>
internal sealed record UserHold(string Move, string Id, long Since, TimeSpan Lease, DateTimeOffset Ends);
