using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailProxy.Http.Hosting;

/// <summary>Kestrel on one address. One host per listener: each stops in its turn, and each error names its address.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    // RFC 9110 5.4 leaves it to us; Kestrel's own numbers, written down because they are part of what we promise.
    private const int MaxHeaderBytes = 32 * 1024;
    private const int MaxHeaderCount = 100;
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(30);

    private readonly string _purpose;
    private readonly IPEndPoint _endPoint;
    private readonly WebApplication _application;
    private ListenOptions? _listen;

    /// <summary>Builds, but does not listen yet.</summary>
    /// <param name="purpose">For errors: <c>HTTP</c>, <c>admin</c> ...</param>
    /// <param name="endPoint">Port 0: any free one.</param>
    /// <param name="listen">TLS or a connection handler on the listener.</param>
    /// <param name="services">What the application needs.</param>
    /// <param name="pipeline">The application itself.</param>
    /// <param name="limits">Limits beyond the common ones.</param>
    /// <param name="loggers">Where Kestrel logs.</param>
    public KestrelHost(
        string purpose,
        IPEndPoint endPoint,
        Action<ListenOptions>? listen,
        Action<IServiceCollection>? services,
        Action<WebApplication> pipeline,
        Action<KestrelServerLimits>? limits,
        ILoggerFactory loggers)
    {
        _purpose = purpose;
        _endPoint = endPoint;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
            kestrel.Limits.MaxRequestHeaderCount = MaxHeaderCount;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            limits?.Invoke(kestrel.Limits);
            kestrel.Listen(endPoint, options =>
            {
                _listen = options;
                listen?.Invoke(options);
            });
        });
        services?.Invoke(builder.Services);
        _application = builder.Build();
        pipeline(_application);
    }

    /// <summary>The address with its real port, after start.</summary>
    public IPEndPoint BoundEndPoint => _listen?.IPEndPoint ?? _endPoint;

    /// <summary>Listens. Errors: <see cref="HttpListenException"/>.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _application.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new HttpListenException(_purpose, _endPoint, exception);
        }
    }

    /// <summary>Takes no new requests and waits for those under way until the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _application.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
