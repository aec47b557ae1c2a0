using MailProxy.Transport.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Splice;

/// <summary>The managed splice of the portable and the memory transport.</summary>
internal sealed class ConnectionSplice(MailConnection client, SpliceSweep sweep) : ISpliceFeature
{
    /// <inheritdoc/>
    public ValueTask<SpliceResult> SpliceAsync(ConnectionContext store, SpliceSettings settings, CancellationToken cancellationToken)
    {
        if (store is not MailConnection other)
        {
            throw new ArgumentException("Both connections of a splice must come from the same transport.", nameof(store));
        }

        return new SpliceSession(client, other, settings, sweep).RunAsync(cancellationToken);
    }
}
