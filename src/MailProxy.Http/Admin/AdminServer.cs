using System.Net;
using System.Net.Security;
using MailProxy.Http.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace MailProxy.Http.Admin;

/// <summary>The listener of the admin API. Whoever is let in can see and end every session: a token, or client certificates, or both are asked for.</summary>
public sealed class AdminServer : IAsyncDisposable
{
    // Operators and their scripts; a flood must not cost the node its descriptors.
    private const int MaxConnections = 64;

    // Everything stands in the query.
    private const int MaxBodyBytes = 1024;

    private readonly KestrelHost _host;

    /// <summary>Builds, but does not listen yet.</summary>
    /// <param name="endPoint">Port 0: any free one.</param>
    /// <param name="token">Asked at each request; null: none is needed, because the handshake has judged a certificate.</param>
    /// <param name="tls">Asked at each handshake; null: in clear.</param>
    /// <param name="node">Who answers.</param>
    /// <param name="loggers">Where to log.</param>
    public AdminServer(IPEndPoint endPoint, Func<AdminToken?> token, Func<SslServerAuthenticationOptions>? tls, IAdminNode node, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("MailProxy.Admin");
        var authentication = new AdminAuthentication(token, logger);
        _host = new KestrelHost(
            "admin API",
            endPoint,
            listen =>
            {
                if (tls is not null)
                {
                    listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls()) });
                }
            },
            null,
            application =>
            {
                application.Use(next => context => authentication.InvokeAsync(context, next));
                application.MapAdmin(node, logger);
            },
            limits =>
            {
                limits.MaxConcurrentConnections = MaxConnections;
                limits.MaxRequestBodySize = MaxBodyBytes;
            },
            loggers);
    }

    /// <summary>Where it listens, after start.</summary>
    public IPEndPoint EndPoint => _host.BoundEndPoint;

    /// <summary>Listens. Errors: <see cref="HttpListenException"/>.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _host.StartAsync(cancellationToken);

    /// <summary>Takes no new requests, and waits for those under way until the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
