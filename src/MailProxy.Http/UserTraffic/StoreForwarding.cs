using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace MailProxy.Http.UserTraffic;

/// <summary>Sends a request to one of the store's addresses; to the next one when the first cannot be connected to and the request can be repeated.</summary>
internal sealed class StoreForwarding(StoreHealthMonitor? health, ILogger logger)
{
    /// <summary>Forwards. False: every address is taken for down, nothing was asked.</summary>
    /// <param name="context">The request, tied to the store's cluster.</param>
    /// <param name="store">The store.</param>
    /// <param name="user">Whose request it is.</param>
    /// <param name="forward">YARP's forwarder.</param>
    public async Task<bool> ForwardAsync(HttpContext context, StoreNode store, string user, RequestDelegate forward)
    {
        var proxied = context.GetReverseProxyFeature();
        var all = proxied.AllDestinations;
        var candidates = CandidateOrder.Of(store, StoreService.Http, user);
        for (var i = 0; i < candidates.Count; i++)
        {
            var endpoint = candidates[i].For(StoreService.Http)!;

            // The catalog may be newer than the clusters are, for a moment.
            if (all.FirstOrDefault(destination => destination.DestinationId == endpoint.ToString()) is not { } destination)
            {
                continue;
            }

            proxied.AvailableDestinations = [destination];
            context.Features.Set<IForwarderErrorFeature>(null);
            await forward(context);
            if (!Failed(context, store, endpoint) || i == candidates.Count - 1 || !MayRepeat(context))
            {
                return true;
            }

            logger.LogWarning(context.GetForwarderErrorFeature()!.Exception, "HTTP: {Store} cannot be reached at {Address}; the next address is tried", store.Id, endpoint);
            context.Response.Clear();
        }

        return false;
    }

    // True: there was no connection.
    private bool Failed(HttpContext context, StoreNode store, EndpointHealth endpoint)
    {
        var failure = context.GetForwarderErrorFeature();
        if (failure is null)
        {
            health?.Succeeded(endpoint);
            return false;
        }

        // Anything else may be this one request's trouble, or the client's.
        if (!IsWithoutConnection(failure.Exception))
        {
            return false;
        }

        health?.Failed(store, StoreService.Http, endpoint, failure.Exception!.Message);
        return true;
    }

    // The handler tells a connection that took too long as a cancellation with a timeout inside.
    private static bool IsWithoutConnection(Exception? exception) => exception switch
    {
        HttpRequestException request => request.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError,
        OperationCanceledException { InnerException: TimeoutException } => true,
        _ => false,
    };

    // RFC 9110 9.2.1: safe methods; their bodies, if any, were not read for want of a connection, but nobody sends them.
    private static bool MayRepeat(HttpContext context) =>
        !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested
        && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));
}
