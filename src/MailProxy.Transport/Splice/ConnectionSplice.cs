using MailProxy.Transport.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Splice;

/// <summary>The managed splice of the portable and the memory transport.</summary>
internal sealed class ConnectionSplice(MailConnection client, SpliceSweep sweep) : ISpliceFeature
{
    /// <inheritdoc/>
    public ISplice Start(ConnectionContext store, SpliceSettings settings, ISpliceOwner owner, ISpliceFollower? follower = null)
    {
        if (store is not MailConnection other)
        {
            throw new ArgumentException("Both connections of a splice must come from the same transport.", nameof(store));
        }

        var session = new SpliceSession(client, other, settings, sweep, follower);
        _ = session.RunAsync(owner);
        return session;
    }
}
