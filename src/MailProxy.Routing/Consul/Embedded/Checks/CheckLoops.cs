using MailProxy.Routing.Consul.Embedded.State;
using MailProxy.Routing.Consul.Model;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Embedded.Checks;

/// <summary>Runs the TCP and HTTP checks that the state holds, each in a loop of its own.</summary>
internal sealed class CheckLoops(AgentState state, CheckProbe probe, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (CheckDefinition Definition, CancellationTokenSource Stop, Task Loop)> running = [];
    private readonly List<Task> ending = [];
    private bool disposed;

    /// <summary>Starts what is new, ends what is gone. Call after each change of registrations.</summary>
    public void Reconcile()
    {
        lock (gate)
        {
            var wanted = disposed ? [] : state.Current.Catalog.Checks.Where(c => c.Value.Definition is { Tcp.Length: > 0 } or { Http.Length: > 0 }).ToList();
            var stale = running.Where(r => !wanted.Any(w => w.Key == r.Key && w.Value.Definition == r.Value.Definition)).ToList();
            ending.RemoveAll(t => t.IsCompleted);
            foreach (var (id, loop) in stale)
            {
                loop.Stop.Cancel();
                ending.Add(loop.Loop);
                running.Remove(id);
            }

            foreach (var (id, check) in wanted.Where(w => !running.ContainsKey(w.Key)))
            {
                var stop = new CancellationTokenSource();
                running[id] = (check.Definition, stop, Task.Run(() => RunAsync(id, check.Definition, stop)));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        disposed = true;
        Reconcile();
        await Task.WhenAll(ending);
        probe.Dispose();
    }

    private async Task RunAsync(string id, CheckDefinition definition, CancellationTokenSource stop)
    {
        using var owned = stop;
        var interval = GoDuration.TryParse(definition.Interval, out var given) ? given : EmbeddedLimits.DefaultWait;
        try
        {
            while (true)
            {
                var update = await probe.RunAsync(definition, stop.Token);
                state.Change(s => (s.Catalog.Checks.TryGetValue(id, out var check) && check.Definition == definition
                    ? ServiceWrites.SetCheck(s, CheckFactory.Judged(check, update, time.GetUtcNow()))
                    : s, true));
                await Task.Delay(interval, time, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            logger.LogDebug("Check {Check} of the embedded Consul agent ends", id);
        }
    }
}
