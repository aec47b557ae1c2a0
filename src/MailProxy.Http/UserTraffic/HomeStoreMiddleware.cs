using MailProxy.Directory;
using MailProxy.Routing;
using MailProxy.Routing.Decisions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace MailProxy.Http.UserTraffic;

/// <summary>Authenticates the user, sends the request to the user's home store, and tells a store's failure as a temporary one.</summary>
internal sealed class HomeStoreMiddleware(
    UserAuthentication authentication, IRouter router, IProxyStateLookup clusters, StoreTokenSource? tokens, StoreForwarding forwarding, TimeProvider time, ILogger logger)
{
    // A hold lasts as long as moving a mailbox's last changes: seconds.
    private static readonly TimeSpan RetryAfterHold = TimeSpan.FromSeconds(2);

    // A store that restarts is back within this; checks of the catalog run as often.
    private static readonly TimeSpan RetryAfterStore = TimeSpan.FromSeconds(10);

    /// <summary>One request.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate forward)
    {
        var started = time.GetTimestamp();
        if (await authentication.AuthenticateAsync(context) is not { } user)
        {
            return;
        }

        var decision = router.Route(user.Name, user.Home);
        if (decision.Outcome != RouteOutcome.Routed
            || decision.Store is null
            || !clusters.TryGetCluster(StoreClusters.IdOf(decision.Store.Id), out var cluster))
        {
            var outcome = decision.Outcome == RouteOutcome.Routed ? "store offers no http" : decision.Outcome.ToString();
            logger.LogWarning("HTTP {User}: no store: {Outcome}, {Store}, {Detail}", user.Name, outcome, decision.StoreId, decision.Detail);
            await Refusals.UnavailableAsync(context, decision.Outcome == RouteOutcome.Held ? RetryAfterHold : RetryAfterStore);
            return;
        }

        var answer = tokens?.Invoke(decision.Store, user.Name) ?? StoreTokenAnswer.NotNeeded;
        using var token = answer.Token;
        if (answer is { IsNeeded: true, Token: null })
        {
            logger.LogError("HTTP {User}: {Store} asks for login 'token', but this proxy cannot sign any: set Stores:TokenKeyFile", user.Name, decision.StoreId);
            await Refusals.UnavailableAsync(context, RetryAfterStore);
            return;
        }

        context.Features.Set(user);
        context.Features.Set(answer);
        context.ReassignProxyRequest(cluster);
        if (!await forwarding.ForwardAsync(context, decision.Store, user.Name, forward))
        {
            await Refusals.UnavailableAsync(context, RetryAfterStore);
        }

        await TellStoreFailureAsync(context, decision);
        if (context.Features.Get<StoreRefusal>() is { } refusal)
        {
            logger.LogError("HTTP {User}: {Store} refused our login: {Why}", user.Name, decision.StoreId, refusal.Challenge);
            await Refusals.UnavailableAsync(context, RetryAfterStore);
        }

        logger.LogInformation(
            "HTTP {User} -> {Store} ({Reason}: {Detail}) {Method} {Status} in {Milliseconds:0} ms",
            user.Name, decision.StoreId, decision.Reason, decision.Detail, context.Request.Method, context.Response.StatusCode, time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task TellStoreFailureAsync(HttpContext context, RouteDecision decision)
    {
        if (context.GetForwarderErrorFeature() is not { } failure || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        logger.LogWarning(failure.Exception, "HTTP: {Store} failed: {Error}", decision.StoreId, failure.Error);
        var isStores = failure.Error is ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.NoAvailableDestinations;
        if (isStores && !context.Response.HasStarted)
        {
            context.Response.Clear();
            await Refusals.UnavailableAsync(context, RetryAfterStore);
        }
    }
}
