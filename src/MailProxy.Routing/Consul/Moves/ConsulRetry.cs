using MailProxy.Routing.Moves;

namespace MailProxy.Routing.Consul.Moves;

/// <summary>Asks Consul again while it has no leader or cannot be reached; an election takes up to 17 s.</summary>
internal sealed class ConsulRetry(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs until it works. What is run must stand being run twice.</summary>
    /// <exception cref="MoveException">Consul refuses, or gave no good answer for half a minute.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (ConsulException e) when (e.Fault is ConsulFault.Denied)
            {
                throw new MoveException($"Consul forbids it: {e.Message}. The token needs what docs/moving-users.md lists.", e);
            }
            catch (ConsulException e) when (e.Fault is ConsulFault.Permanent || time.GetElapsedTime(started) > Patience)
            {
                throw new MoveException($"Consul: {e.Message}", e);
            }
            catch (ConsulException)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
