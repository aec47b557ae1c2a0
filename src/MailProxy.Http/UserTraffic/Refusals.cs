using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MailProxy.Http.UserTraffic;

/// <summary>Answers of our own, in plain text.</summary>
internal static class Refusals
{
    /// <summary>Wrong or missing credentials (RFC 9110 15.5.2), with the challenge of RFC 7617.</summary>
    public static Task UnauthorizedAsync(HttpContext context, string realm)
    {
        context.Response.Headers.WWWAuthenticate = $"Basic realm=\"{realm}\", charset=\"UTF-8\"";
        return AnswerAsync(context, StatusCodes.Status401Unauthorized, "Authentication failed.");
    }

    /// <summary>A token that is not good (RFC 6750 3.1).</summary>
    public static Task InvalidTokenAsync(HttpContext context, string realm)
    {
        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{realm}\", error=\"invalid_token\"";
        return AnswerAsync(context, StatusCodes.Status401Unauthorized, "Authentication failed.");
    }

    /// <summary>Right, but not allowed.</summary>
    public static Task ForbiddenAsync(HttpContext context, string text) => AnswerAsync(context, StatusCodes.Status403Forbidden, text);

    /// <summary>Come back later: never told as a wrong password.</summary>
    public static Task UnavailableAsync(HttpContext context, TimeSpan retryAfter) =>
        LaterAsync(context, StatusCodes.Status503ServiceUnavailable, retryAfter, "Temporary failure, please try again later.");

    /// <summary>Too many attempts wait already.</summary>
    public static Task TooManyAsync(HttpContext context, TimeSpan retryAfter) =>
        LaterAsync(context, StatusCodes.Status429TooManyRequests, retryAfter, "Too many attempts, please wait.");

    private static Task LaterAsync(HttpContext context, int status, TimeSpan retryAfter, string text)
    {
        context.Response.Headers.RetryAfter = ((int)retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return AnswerAsync(context, status, text);
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
