using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Plans;

namespace MailProxy.Routing.Consul.Plans;

/// <summary>The right to drive one plan. Disposing gives it back; the plan stays.</summary>
public sealed class PlanHandle : IAsyncDisposable
{
    private readonly IConsulClient consul;
    private readonly string key;
    private readonly ConsulLease lease;
    private readonly ConsulRetry retry;

    internal PlanHandle(IConsulClient consul, string key, PlanRecord plan, ConsulLease lease, ConsulRetry retry) =>
        (this.consul, this.key, Plan, this.lease, this.retry) = (consul, key, plan, lease, retry);

    /// <summary>What is written down.</summary>
    public PlanRecord Plan { get; }

    /// <summary>Cancelled when the right is lost: another may drive the plan from then on.</summary>
    public CancellationToken Lost => lease.Lost;

    /// <summary>It is done: the record goes, if it is ours still.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => retry.RunAsync(
        async () =>
        {
            IReadOnlyList<TxnKvOperation> operations =
            [
                new() { Verb = "check-session", Key = key, Session = lease.Id },
                new() { Verb = "delete", Key = key },
            ];
            return await consul.Txn.ApplyAsync(operations, cancellationToken);
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
