namespace MailProxy.Transport.Splice;

/// <summary>Bounds of a splice.</summary>
/// <param name="IdleLimit">Nothing in either direction for so long ends it (RFC 9051 5.4: at least 30 min for IMAP).</param>
/// <param name="HalfCloseLimit">How long one direction may live on after the other ended.</param>
/// <param name="BoundaryLimit">How long it may take to a boundary once one is asked for; looked at every second.</param>
public sealed record SpliceSettings(TimeSpan IdleLimit, TimeSpan HalfCloseLimit, TimeSpan BoundaryLimit);
