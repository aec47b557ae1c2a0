using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MailProxy.Directory;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace MailProxy.Http.UserTraffic;

/// <summary>
/// What a store hears of who sends a request: <c>X-MailProxy-User</c> and nothing that the client said itself. Stores believe the header
/// only from a client certificate that they verified, or with a token that a proxy signed for this user.
/// </summary>
internal static class IdentityTransform
{
    /// <summary>The header with the canonical user name, UTF-8.</summary>
    public const string UserHeader = "X-MailProxy-User";

    // Everything below this prefix is ours to say; some servers take '_' for '-'.
    private const string Prefix = "x-mailproxy-";

    /// <summary>Before the request leaves for the store.</summary>
    public static ValueTask ToStoreAsync(RequestTransformContext transform)
    {
        var headers = transform.ProxyRequest.Headers;
        foreach (var name in headers.Select(header => header.Key).Where(IsOurs).ToList())
        {
            headers.Remove(name);
        }

        // The password is not the store's business, and cookies of one origin must not wander between stores.
        headers.Remove(HeaderNames.Authorization);
        headers.Remove(HeaderNames.Cookie);
        var user = transform.HttpContext.Features.Get<DirectoryUser>() ?? throw new InvalidOperationException("A request left for a store without a user.");
        headers.TryAddWithoutValidation(UserHeader, user.Name);
        if (transform.HttpContext.Features.Get<StoreTokenAnswer>()?.Token is { } token)
        {
            headers.Authorization = new AuthenticationHeaderValue("Bearer", Encoding.ASCII.GetString(token.Octets.Span));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Before the answer leaves for the client.</summary>
    public static ValueTask ToClientAsync(ResponseTransformContext transform)
    {
        var response = transform.HttpContext.Response;
        response.Headers.Remove(HeaderNames.SetCookie);
        if (transform.ProxyResponse is { StatusCode: HttpStatusCode.Unauthorized } refused)
        {
            // The client's credentials were right: it is our login that the store refused, and must not look like a wrong password.
            transform.HttpContext.Features.Set(new StoreRefusal(refused.Headers.WwwAuthenticate.ToString()));
            transform.SuppressResponseBody = true;
            response.Headers.Clear();
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsOurs(string name) => name.Replace('_', '-').StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
