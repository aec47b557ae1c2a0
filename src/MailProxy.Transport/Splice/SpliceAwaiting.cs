using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Splice;

/// <summary>A splice that is awaited, for callers that have not many of them.</summary>
public static class SpliceAwaiting
{
    /// <summary>Returns when the splice has ended; never throws for what peers do. Cancelling is <see cref="ISplice.Stop"/>.</summary>
    public static async Task<SpliceResult> SpliceAsync(this ISpliceFeature feature, ConnectionContext store, SpliceSettings settings, CancellationToken cancellationToken)
    {
        var owner = new AwaitingOwner();
        var splice = feature.Start(store, settings, owner);
        await using var registration = cancellationToken.UnsafeRegister(static splice => ((ISplice)splice!).Stop(), splice);
        return await owner.Ending;
    }
}
