using System.Net;
using MailProxy.Directory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MailProxy.Http.UserTraffic;

/// <summary>Who sent this request: by Basic credentials, at the directory. Answers itself when nobody did.</summary>
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

        if (BasicCredentials.TryParse(context.Request.Headers.Authorization) is not { } credentials)
        {
            await Refusals.UnauthorizedAsync(context, realm);
            return null;
        }

        using var password = credentials.Password;
        var request = new AuthenticationRequest(
            credentials.User,
            "",
            password,
            "PLAIN",
            "http",
            client is null ? null : new IPEndPoint(client, context.Connection.RemotePort),
            context.Request.IsHttps);
        var result = await directory.AuthenticateAsync(request, context.RequestAborted);
        if (result is { Outcome: AuthenticationOutcome.Authenticated, User: { } user })
        {
            return user;
        }

        await RefuseAsync(context, client, result);
        return null;
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private async Task RefuseAsync(HttpContext context, IPAddress? client, AuthenticationResult result)
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
            case AuthenticationOutcome.Expired:
                await Refusals.ForbiddenAsync(context, "The password has expired.");
                break;
            default:
                logger.LogDebug("HTTP: login from {Client} failed: {Outcome}, {Detail}", client, result.Outcome, result.Detail);
                // The same answer for everyone, whether the user exists or not.
                await Refusals.UnauthorizedAsync(context, realm);
                break;
        }
    }
}
