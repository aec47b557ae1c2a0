using System.Net;
using System.Net.Security;
using MailProxy.Directory;
using MailProxy.Http.Hosting;
using MailProxy.Routing;
using MailProxy.Routing.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace MailProxy.Http.UserTraffic;

/// <summary>The listener for users: YARP, with one middleware of ours before its forwarder.</summary>
internal static class UserTrafficHost
{
    // As for mail stores: loopback and data-centre networks answer in milliseconds or not at all.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Builds the host; <paramref name="clusters"/> stay the caller's.</summary>
    public static KestrelHost Create(
        HttpOptions options,
        IPEndPoint endPoint,
        Func<string?, SslStreamCertificateContext>? certificateFor,
        IUserDirectory directory,
        IRouter router,
        StoreClusters clusters,
        StoreHttpClientSettings stores,
        ILoggerFactory loggers,
        TimeProvider time,
        StoreHealthMonitor? health)
    {
        var logger = loggers.CreateLogger("MailProxy.Http");
        var authentication = new UserAuthentication(directory, options.Realm, logger);
        return new KestrelHost(
            "HTTP",
            endPoint,
            listen =>
            {
                if (options.Tls)
                {
                    listen.UseHttps(HandshakeWith(certificateFor ?? throw new InvalidOperationException("HTTPS is configured without a certificate.")));
                }
            },
            services =>
            {
                services.AddSingleton<IProxyConfigProvider>(clusters.Provider);
                services.AddReverseProxy()
                    .ConfigureHttpClient((_, handler) =>
                    {
                        handler.ConnectTimeout = ConnectTimeout;
                        handler.SslOptions = StoreTls.Options(stores);
                    })
                    .AddTransforms(transforms =>
                    {
                        transforms.AddRequestTransform(IdentityTransform.ToStoreAsync);
                        transforms.AddResponseTransform(IdentityTransform.ToClientAsync);
                    });
            },
            application =>
            {
                var middleware = new HomeStoreMiddleware(
                    authentication, router, application.Services.GetRequiredService<IProxyStateLookup>(), stores.Tokens, new StoreForwarding(health, logger), time, logger);
                application.MapReverseProxy(proxy => proxy.Use(middleware.InvokeAsync));
            },
            limits =>
            {
                limits.MaxRequestBodySize = options.MaxBodyBytes;
                limits.MaxConcurrentConnections = options.MaxConnections;
                limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
            },
            loggers);
    }

    // Asked each time: certificates are renewed while the node runs.
    private static TlsHandshakeCallbackOptions HandshakeWith(Func<string?, SslStreamCertificateContext> certificateFor) => new()
    {
        OnConnection = handshake => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificateFor(handshake.ClientHelloInfo.ServerName is { Length: > 0 } name ? name : null),
        }),
    };
}
