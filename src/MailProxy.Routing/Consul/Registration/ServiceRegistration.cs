using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Model;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Registration;

/// <summary>
/// Keeps one service registered at the agent, from start to dispose: registers, reports to its TTL check, looks every minute whether the agent
/// still knows it and registers again (an agent that lost its state knows nothing of us), and deregisters at a clean stop.
/// </summary>
internal sealed class ServiceRegistration(
    IConsulClient consul, ServiceDefinition service, RegistrationTiming timing, TimeProvider time, Random random, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task running = Task.CompletedTask;
    private bool started;
    private bool known;
    private long lastVerified;
    private string? failure;
    private int failures;
    private int disposed;

    /// <summary>Begins. Call once.</summary>
    public void Start()
    {
        started = true;
        running = Task.Run(RunAsync);
    }

    /// <summary>Ends when the agent has taken the registration and the first report.</summary>
    public Task RegisteredAsync(CancellationToken cancellationToken) => registered.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await stop.CancelAsync();
        await running;
        if (started)
        {
            await DeregisterAsync();
        }

        consul.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(await TurnAsync(), time, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            logger.LogDebug("The registration of {Service} ends", service.Id);
        }
    }

    // One round; returns how long to pause.
    private async Task<TimeSpan> TurnAsync()
    {
        try
        {
            if (!known || time.GetElapsedTime(lastVerified) >= timing.Verify)
            {
                await RegisterAsync();
            }

            if (timing.Heartbeat is not null)
            {
                await consul.Agent.UpdateCheckAsync("service:" + service.Id, new CheckUpdate(HealthStatus.Passing, ""), stop.Token);
            }

            Succeeded();
            return timing.Heartbeat ?? timing.Verify;
        }
        catch (ConsulException e)
        {
            return Failed(e);
        }
    }

    private async Task RegisterAsync()
    {
        if (known && await consul.Agent.ServiceAsync(service.Id, stop.Token) is null)
        {
            logger.LogWarning("The Consul agent at {Address} has lost service {Service}; registering it again", consul.Address, service.Id);
        }

        await consul.Agent.RegisterServiceAsync(service, stop.Token);
        lastVerified = time.GetTimestamp();
        known = true;
    }

    private void Succeeded()
    {
        if (registered.TrySetResult())
        {
            logger.LogInformation("Registered service {Service} ({Name}) with Consul at {Address}", service.Id, service.Name, consul.Address);
        }
        else if (failure is not null)
        {
            logger.LogInformation("Service {Service} is registered with Consul again", service.Id);
        }

        failure = null;
        failures = 0;
    }

    private TimeSpan Failed(ConsulException e)
    {
        // A check or service that the agent does not know any more: register before the next report.
        known = known && e.Fault is not ConsulFault.Permanent;
        if (failure != e.Message)
        {
            failure = e.Message;
            logger.LogWarning("Service {Service} cannot be kept registered: {Problem}; trying on", service.Id, e.Message);
        }

        var full = Math.Min(timing.MaxBackoff.TotalMilliseconds, timing.FirstBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(failures++, 16)));
        return TimeSpan.FromMilliseconds(full * (0.5 + (random.NextDouble() / 2)));
    }

    private async Task DeregisterAsync()
    {
        using var limit = new CancellationTokenSource(timing.Farewell, time);
        try
        {
            await consul.Agent.DeregisterServiceAsync(service.Id, limit.Token);
            logger.LogInformation("Deregistered service {Service}", service.Id);
        }
        catch (Exception e) when (e is ConsulException or OperationCanceledException)
        {
            logger.LogWarning("Service {Service} could not be deregistered ({Problem}); its check will turn critical", service.Id, e.Message);
        }
    }
}
