using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Splice;

/// <summary>
/// Joins this connection (the client) to another of the same transport (the store) and moves bytes both ways until both directions ended.
/// What either side's Input has received but not consumed goes first. Back-pressure both ways; an end of one direction is passed on as
/// a half-close, and the other direction goes on for at most <see cref="SpliceSettings.HalfCloseLimit"/>. When both directions have ended in order,
/// both connections are closed.
/// </summary>
public interface ISpliceFeature
{
    /// <summary>Begins; both connections' pipes are used up. The owner hears the end, whatever peers do.</summary>
    /// <param name="store">The other connection.</param>
    /// <param name="settings">Bounds.</param>
    /// <param name="owner">Hears the end.</param>
    /// <param name="follower">Of this splice only; null: nobody looks at the octets, and there are no boundaries.</param>
    ISplice Start(ConnectionContext store, SpliceSettings settings, ISpliceOwner owner, ISpliceFollower? follower = null);
}
