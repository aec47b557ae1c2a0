using System.Net;
using MailProxy.Directory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MailProxy.Http.UserTraffic;

/// <summary>Who sent this request: by Basic credentials or a bearer token, at the directory. Answers itself when nobody did.</summary>
internal sealed class UserAuthentication(IUserDirectory directory, string realm, ILogger logger)
{
    // A directory that fails over does so within seconds.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>The user, or null when the answer has been given.</summary>
    public async Task<DirectoryUser?> AuthenticateAsync(HttpContext context)
    {
        var client = context.Connection.RemoteIpAddress;
        if (!context.Request.IsHttps && !IsLoopback(client))
        {
            // Not a 401: that would ask the client to send its password in clear.
            await Refusals.ForbiddenAsync(context, "Use HTTPS.");
            return null;
        }

        if (RequestOf(context, client) is not { } request)
        {
            await Refusals.UnauthorizedAsync(context, realm);
            return null;
        }

        using var secret = request.Secret;
        var result = await directory.AuthenticateAsync(request, context.RequestAborted);
        if (result is { Outcome: AuthenticationOutcome.Authenticated, User: { } user })
        {
            return user;
        }

        await RefuseAsync(context, client, result, request.Kind == CredentialKinds.Tokens);
        return null;
    }

    // A token says itself whose it is.
    private static AuthenticationRequest? RequestOf(HttpContext context, IPAddress? client)
    {
        string? header = context.Request.Headers.Authorization;
        var from = client is null ? null : new IPEndPoint(client, context.Connection.RemotePort);
        return BearerCredentials.TryParse(header) is { } token
            ? new AuthenticationRequest("", "", token, "BEARER", "http", from, context.Request.IsHttps)
            : BasicCredentials.TryParse(header) is { } basic ? new AuthenticationRequest(basic.User, "", basic.Password, "PLAIN", "http", from, context.Request.IsHttps) : null;
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private async Task RefuseAsync(HttpContext context, IPAddress? client, AuthenticationResult result, bool isToken)
    {
        switch (result.Outcome)
        {
            case AuthenticationOutcome.TemporarilyUnavailable or AuthenticationOutcome.Authenticated:
                logger.LogWarning("HTTP: the directory cannot answer: {Detail}", result.Detail);
                await Refusals.UnavailableAsync(context, RetryAfter);
                break;
            case AuthenticationOutcome.Throttled:
                await Refusals.TooManyAsync(context, RetryAfter);
                break;
            case AuthenticationOutcome.Disabled:
                await Refusals.ForbiddenAsync(context, "This account is disabled.");
                break;
            case AuthenticationOutcome.Expired when !isToken:
                await Refusals.ForbiddenAsync(context, "The password has expired.");
                break;
            default:
                logger.LogDebug("HTTP: login from {Client} failed: {Outcome}, {Detail}", client, result.Outcome, result.Detail);
                // The same answer for everyone, whether the user exists or not.
                await (isToken ? Refusals.InvalidTokenAsync(context, realm) : Refusals.UnauthorizedAsync(context, realm));
                break;
        }
    }
}
