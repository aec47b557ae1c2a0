using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Moves;

/// <summary>A Consul session that is renewed at a third of its TTL, and counts itself lost one TTL after the last renewal that was sent.</summary>
internal sealed class ConsulLease : IAsyncDisposable
{
    /// <summary>How long to wait for a dead holder's session to run out: Consul may take twice the TTL, and needs no more.</summary>
    public static readonly TimeSpan TakeOverPatience = TimeSpan.FromSeconds(35);

    /// <summary>How often to look meanwhile.</summary>
    public static readonly TimeSpan TakeOverPause = TimeSpan.FromMilliseconds(500);

    // A command that dies lets go of its keys within twice this.
    private static readonly TimeSpan CommandTtl = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private readonly IConsulClient consul;
    private readonly TimeSpan ttl;
    private readonly TimeProvider time;
    private readonly Task renewing;
    private long lastSent;
    private int disposed;

    private ConsulLease(IConsulClient consul, string id, TimeSpan ttl, long created, TimeProvider time)
    {
        (this.consul, Id, this.ttl, this.time, lastSent) = (consul, id, ttl, time, created);
        renewing = Task.Run(RenewAsync);
    }

    /// <summary>Session id.</summary>
    public string Id { get; }

    /// <summary>Cancelled when it is lost: others may hold its keys.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Creates the session of an operator's command: its keys stay when it ends, for whoever goes on.</summary>
    /// <param name="consul">Where.</param>
    /// <param name="name">For people.</param>
    /// <param name="time">For renewals.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConsulException">Consul gave no session.</exception>
    public static async Task<ConsulLease> OfCommandAsync(IConsulClient consul, string name, TimeProvider time, CancellationToken cancellationToken)
    {
        var created = time.GetTimestamp();
        var id = await consul.Session.CreateAsync(Definition(name, "release", CommandTtl), cancellationToken);
        return new ConsulLease(consul, id, CommandTtl, created, time);
    }

    /// <summary>A session of ours. No lock delay: whoever writes a key of it proves in the same transaction that the session still holds it.</summary>
    public static SessionDefinition Definition(string name, string behavior, TimeSpan ttl) =>
        new() { Name = name, Behavior = behavior, Ttl = GoDuration.Format(ttl), LockDelay = "0s" };

    /// <summary>Ends the session (within 3 s); its keys are free then.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await stop.CancelAsync();
        await renewing;
        using var limit = new CancellationTokenSource(Farewell, time);
        try
        {
            await consul.Session.DestroyAsync(Id, limit.Token);
        }
        catch (Exception e) when (e is ConsulException or OperationCanceledException)
        {
            // It runs out by itself.
            await lost.CancelAsync();
        }

        stop.Dispose();
    }

    private async Task RenewAsync()
    {
        try
        {
            while (!lost.IsCancellationRequested)
            {
                await Task.Delay(ttl / 3, time, stop.Token);
                if (!await TryRenewAsync() || time.GetElapsedTime(lastSent) >= ttl)
                {
                    await lost.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Disposed: nobody asks any more.
            return;
        }
    }

    private async Task<bool> TryRenewAsync()
    {
        var sent = time.GetTimestamp();
        using var limit = new CancellationTokenSource(ttl / 3, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop.Token);
        try
        {
            if (!await consul.Session.RenewAsync(Id, either.Token))
            {
                return false;
            }

            lastSent = sent;
            return true;
        }
        catch (Exception e) when (e is ConsulException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // Tried again until the TTL has passed.
            return true;
        }
    }
}
