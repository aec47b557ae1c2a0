using System.Net;
using System.Net.Security;
using MailProxy.Directory;
using MailProxy.Http.Health;
using MailProxy.Http.Hosting;
using MailProxy.Http.UserTraffic;
using MailProxy.Routing;
using MailProxy.Routing.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Http;

/// <summary>The HTTP side of a proxy node: user traffic, health, agent-check; each on its own address, each optional.</summary>
public sealed class HttpTier : IAsyncDisposable
{
    private readonly StoreClusters _clusters;
    private readonly KestrelHost? _users;
    private readonly KestrelHost? _admin;
    private readonly KestrelHost? _agent;

    /// <summary>Builds, but does not listen yet.</summary>
    /// <param name="options">Validated.</param>
    /// <param name="directory">Who users are.</param>
    /// <param name="router">Where they live.</param>
    /// <param name="stores">How stores are dialled.</param>
    /// <param name="checks">What <c>/readyz</c> asks.</param>
    /// <param name="agentReport">What HAProxy's agent-check is told; asked at every check.</param>
    /// <param name="certificateFor">By the name that a client asks for (null: none), for <see cref="HttpOptions.Tls"/>; asked at every handshake.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="time">For how long a request took.</param>
    /// <param name="health">Knows which addresses of stores are down, and is told; null: nobody does.</param>
    public HttpTier(
        HttpOptions options,
        IUserDirectory directory,
        IRouter router,
        StoreHttpClientSettings stores,
        IReadOnlyList<IReadinessCheck> checks,
        Func<AgentReport> agentReport,
        Func<string?, SslStreamCertificateContext>? certificateFor,
        ILoggerFactory loggers,
        TimeProvider time,
        StoreHealthMonitor? health = null)
    {
        _clusters = new StoreClusters(router);
        if (EndPointOf(options.Listen) is { } listen)
        {
            _users = UserTrafficHost.Create(options, listen, certificateFor, directory, router, _clusters, stores, loggers, time, health);
        }

        if (EndPointOf(options.Admin) is { } admin)
        {
            _admin = new KestrelHost("admin", admin, null, null, 
                application =>
                {
                    application.MapHealth(checks);
                    application.MapForget(directory);
                },
                null, loggers);
        }

        if (EndPointOf(options.AgentCheck) is { } agent)
        {
            var handler = new AgentCheckHandler(agentReport);
            _agent = new KestrelHost("agent-check", agent, listener => listener.Run(handler.OnConnectedAsync), null, _ => { }, null, loggers);
        }
    }

    /// <summary>Where users are served, after start; null when not.</summary>
    public IPEndPoint? UserEndPoint => _users?.BoundEndPoint;

    /// <summary>Where health is told, after start; null when not.</summary>
    public IPEndPoint? AdminEndPoint => _admin?.BoundEndPoint;

    /// <summary>Where agent-checks are answered, after start; null when not.</summary>
    public IPEndPoint? AgentCheckEndPoint => _agent?.BoundEndPoint;

    /// <summary>Listens everywhere, health first. Errors: <see cref="HttpListenException"/>; what was started is stopped again then.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var host in new[] { _admin, _users, _agent })
            {
                await (host?.StartAsync(cancellationToken) ?? Task.CompletedTask);
            }
        }
        catch (HttpListenException)
        {
            await StopAsync(new CancellationToken(canceled: true));
            throw;
        }
    }

    /// <summary>Stops users first and health last; requests under way end by themselves until the token is cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var host in new[] { _users, _agent, _admin })
        {
            await (host?.StopAsync(cancellationToken) ?? Task.CompletedTask);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in new[] { _users, _agent, _admin })
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _clusters.Dispose();
    }

    private static IPEndPoint? EndPointOf(string? text) => string.IsNullOrEmpty(text)
        ? null
        : HttpOptions.ParseEndPoint(text) ?? throw new ArgumentException($"'{text}' is not an address; write ip:port.", nameof(text));
}
