using System.Text;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Moves;

namespace MailProxy.Routing.Consul.Plans;

/// <summary>The operator's word on a store.</summary>
public sealed class StoreStateLedger
{
    private readonly IConsulClient consul;
    private readonly MoveKeys keys;
    private readonly ConsulRetry retry;

    internal StoreStateLedger(IConsulClient consul, MoveKeys keys, ConsulRetry retry) => (this.consul, this.keys, this.retry) = (consul, keys, retry);

    /// <summary>From now on the store takes nobody new and serves whom it has.</summary>
    public async Task DrainAsync(string store, CancellationToken cancellationToken)
    {
        var key = keys.StoreState(store);
        var there = (await retry.RunAsync(() => consul.Kv.GetAsync(key, default, cancellationToken), cancellationToken)).Value;
        if (there is null || !OperatorStateParser.TryParse(there.Value, out var state, out _) || state != StoreState.Draining)
        {
            await retry.RunAsync(
                async () =>
                {
                    await consul.Kv.PutAsync(key, Encoding.UTF8.GetBytes("""{"state":"drain"}"""), cancellationToken);
                    return true;
                },
                cancellationToken);
        }
    }
}
