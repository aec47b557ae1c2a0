using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using MailProxy.Store.Moves;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Http;

/// <summary>
/// The user's HTTP API of a store: <c>GET /v1/me</c>. Only proxies get in, by their certificate or by a token that they signed; whom they speak for stands in
/// <c>X-MailProxy-User</c>, a header that nobody else is believed, or in the token.
/// </summary>
public sealed class StoreHttpServer : IAsyncDisposable
{
    /// <summary>Whom the proxy speaks for: a canonical user name.</summary>
    public const string UserHeader = "X-MailProxy-User";

    // Seconds: a hold lasts a moment.
    private const string HeldRetryAfter = "2";

    // Moves take small bodies.
    private const long BodyLimit = 65_536;

    private readonly WebApplication _application;
    private readonly IPEndPoint _endPoint;

    /// <summary>A server that is not started yet.</summary>
    /// <param name="endPoint">Where to listen; port 0: any free one.</param>
    /// <param name="storeId">Our id, for answers.</param>
    /// <param name="engine">The mail.</param>
    /// <param name="access">Who is trusted.</param>
    /// <param name="tls">With the proxies' CAs; null: in clear, where only <see cref="StoreAccess"/> can let anyone in.</param>
    /// <param name="loggers">For Kestrel.</param>
    /// <param name="moves">Steps of moves between stores; null: there are none here. The caller's.</param>
    public StoreHttpServer(IPEndPoint endPoint, string storeId, IStoreEngine engine, StoreAccess access, ServerTls? tls, ILoggerFactory loggers, StoreMoves? moves = null)
    {
        _endPoint = endPoint;
        var logger = loggers.CreateLogger<StoreHttpServer>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = BodyLimit;
            options.Listen(endPoint, listen => Configure(listen, tls));
        });
        _application = builder.Build();
        _application.MapGet("/v1/me", async (HttpContext context, CancellationToken cancellationToken) =>
        {
            var (status, user) = context.Request.Headers.Authorization is [{ } authorization]
                ? await JudgeAsync(context, access, authorization, logger)
                : UserOf(context, access) is { } named ? (StatusCodes.Status200OK, named) : (StatusCodes.Status403Forbidden, "");
            return status != StatusCodes.Status200OK ? Results.StatusCode(status) : await AnswerAsync(context, engine, user, storeId, cancellationToken);
        });
        if (moves is not null)
        {
            new MoveRoutes(moves, access, loggers.CreateLogger<StoreMoves>()).Map(_application);
        }
    }

    /// <summary>The bound port, once started.</summary>
    public int Port { get; private set; }

    /// <summary>Listens. Errors: <see cref="Transport.Serving.ListenFailedException"/>.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _application.StartAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            throw new Transport.Serving.ListenFailedException(_endPoint, exception.InnerException ?? exception);
        }

        var addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Port = new Uri(addresses.Addresses.First()).Port;
    }

    /// <summary>Ends all requests.</summary>
    public Task StopAsync() => _application.StopAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<IResult> AnswerAsync(HttpContext context, IStoreEngine engine, string user, string storeId, CancellationToken cancellationToken)
    {
        // A request is a session too: a move waits until it is over.
        using var visit = engine.Sessions.Enter(user, static () => { }, context.Abort);
        try
        {
            return Results.Json(await MailSummary.ReadAsync(engine, user, storeId, cancellationToken), StoreJson.Default.MailSummary);
        }
        catch (StoreFaultException fault) when (fault.Kind == StoreFaultKind.UserHeld)
        {
            context.Response.Headers.RetryAfter = HeldRetryAfter;
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
        catch (StoreFaultException fault) when (fault.Kind == StoreFaultKind.UserMoved)
        {
            // RFC 9110 15.5.20. Not a redirect: the client must not come to the new store past its proxy.
            return Results.StatusCode(StatusCodes.Status421MisdirectedRequest);
        }
    }

    private static void Configure(ListenOptions listen, ServerTls? tls)
    {
        listen.Protocols = HttpProtocols.Http1;
        if (tls is null)
        {
            return;
        }

        // Asked for at each handshake: certificates are renewed meanwhile.
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(OptionsFor(tls)) });
    }

    private static SslServerAuthenticationOptions OptionsFor(ServerTls tls)
    {
        var isRequired = tls.Current.RequireClientCertificate;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = tls.CertificateFor(null),
            ClientCertificateRequired = true,
            CertificateChainPolicy = PolicyFor(tls.Current.ClientAuthorities),
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is null ? !isRequired : errors == SslPolicyErrors.None,

            // A resumed session would skip the check of the client's certificate.
            AllowTlsResume = false,
        };
    }

    // The proxies' CAs and nobody else's; nothing is fetched during a handshake.
    private static X509ChainPolicy PolicyFor(X509Certificate2Collection? authorities)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true, TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.CustomTrustStore.AddRange(authorities ?? []);
        return policy;
    }

    private static async ValueTask<(int Status, string User)> JudgeAsync(HttpContext context, StoreAccess access, string authorization, ILogger logger)
    {
        var result = await access.AuthenticateHttpAsync(authorization, context.Request.Headers[UserHeader].ToString(), context.Request.IsHttps);
        if (result.Outcome == AccessOutcome.Granted)
        {
            return (StatusCodes.Status200OK, result.User);
        }

        logger.LogWarning("HTTP: a request was refused: {Detail}", result.Detail);
        if (result.Outcome == AccessOutcome.Unavailable)
        {
            return (StatusCodes.Status503ServiceUnavailable, "");
        }

        // RFC 6750 3.
        context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return (StatusCodes.Status401Unauthorized, "");
    }

    private static string? UserOf(HttpContext context, StoreAccess access)
    {
        var user = context.Request.Headers[UserHeader];
        return access.IsTrusted(context.Connection.ClientCertificate) && user is [{ Length: > 0 and <= 255 } name] && !name.Any(char.IsControl) ? name : null;
    }
}
