using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Splice;

/// <summary>
/// Joins this connection (the client) to another of the same transport (the store) and moves bytes both ways until both directions ended.
/// What either side's Input has received but not consumed goes first. Back-pressure both ways; an end of one direction is passed on as
/// a half-close, and the other direction goes on for at most <see cref="SpliceSettings.HalfCloseLimit"/>.
/// </summary>
public interface ISpliceFeature
{
    /// <summary>
    /// Returns when the join has ended; it never throws for what peers do. Cancelling stops both directions at once;
    /// both connections are then their owner's again, to say a goodbye on <c>Transport.Output</c> and to dispose (Input is used up).
    /// </summary>
    ValueTask<SpliceResult> SpliceAsync(ConnectionContext store, SpliceSettings settings, CancellationToken cancellationToken);
}
