using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Plans;

namespace MailProxy.Routing.Consul.Plans;

/// <summary>Who moves many users: one command at a time for each plan.</summary>
public sealed class PlanLedger
{
    private readonly IConsulClient consul;
    private readonly MoveKeys keys;
    private readonly ConsulRetry retry;
    private readonly TimeProvider time;

    internal PlanLedger(IConsulClient consul, MoveKeys keys, ConsulRetry retry, TimeProvider time) =>
        (this.consul, this.keys, this.retry, this.time) = (consul, keys, retry, time);

    /// <summary>A plan and whether somebody drives it; null: there is none.</summary>
    public async Task<PlanListing?> FindAsync(string id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) is { } pair ? new PlanListing(Read(id, pair), pair.Session is not null) : null;

    /// <summary>Every plan that can be read.</summary>
    public async Task<IReadOnlyList<PlanListing>> ListAsync(CancellationToken cancellationToken)
    {
        var pairs = (await retry.RunAsync(() => consul.Kv.ListAsync(keys.Plans, default, cancellationToken), cancellationToken)).Value;
        return
        [
            .. pairs.Select(pair => PlanText.TryRead(pair.Key[keys.Plans.Length..], pair.Value, out var plan, out _) ? new PlanListing(plan, pair.Session is not null) : null)
                .OfType<PlanListing>(),
        ];
    }

    /// <summary>Takes a plan, new or left by a command that died (half a minute may pass until it counts as dead), and writes it down.</summary>
    /// <exception cref="MoveException">Another command drives it.</exception>
    public async Task<PlanHandle> TakeAsync(PlanRecord plan, Action<string> waitsFor, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var hasTold = false;
        while (true)
        {
            var there = await ReadAsync(plan.Id, cancellationToken);
            var before = there is null ? null : Read(plan.Id, there);
            if (there?.Session is null && await TryTakeAsync(plan with { Started = before?.Started ?? plan.Started }, cancellationToken) is { } handle)
            {
                return handle;
            }

            var driver = before?.Operator ?? "somebody";
            if (time.GetElapsedTime(started) >= ConsulLease.TakeOverPatience)
            {
                throw new MoveException($"{driver} runs the same ({keys.Plan(plan.Id)}). Let it finish, or stop it there and repeat this.");
            }

            if (!hasTold)
            {
                waitsFor(driver);
                hasTold = true;
            }

            await Task.Delay(ConsulLease.TakeOverPause, time, cancellationToken);
        }
    }

    private async Task<KvPair?> ReadAsync(string id, CancellationToken cancellationToken) =>
        (await retry.RunAsync(() => consul.Kv.GetAsync(keys.Plan(id), default, cancellationToken), cancellationToken)).Value;

    private static PlanRecord Read(string id, KvPair pair) => PlanText.TryRead(id, pair.Value, out var plan, out var problem)
        ? plan
        : throw new MoveException($"Consul key {pair.Key} cannot be read: {problem}. Was it written by a newer version, or by hand? Delete it if nobody runs the command.");

    private async Task<PlanHandle?> TryTakeAsync(PlanRecord plan, CancellationToken cancellationToken)
    {
        var lease = await retry.RunAsync(
            () => ConsulLease.OfCommandAsync(consul, $"mailproxy {plan.Id} by {plan.Operator}", time, cancellationToken), cancellationToken);
        try
        {
            if (await retry.RunAsync(() => consul.Kv.AcquireAsync(keys.Plan(plan.Id), PlanText.Write(plan), lease.Id, cancellationToken), cancellationToken))
            {
                return new PlanHandle(consul, keys.Plan(plan.Id), plan, lease, retry);
            }
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }

        await lease.DisposeAsync();
        return null;
    }
}
