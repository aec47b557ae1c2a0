using MailProxy.Directory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailProxy.Http.Health;

/// <summary><c>POST /directory/forget?user=NAME</c>: what is kept of a user is dropped, so that a change in the directory counts at once.</summary>
internal static class ForgetEndpoint
{
    // RFC 5321 4.5.3.1: 64 + 1 + 255.
    private const int NameLimit = 320;

    /// <summary>Adds it. Answers how many answers were dropped; 400 without a name.</summary>
    public static void MapForget(this IEndpointRouteBuilder routes, IUserDirectory directory) => routes.MapPost("/directory/forget", async context =>
    {
        var user = context.Request.Query["user"].ToString();
        var isName = user.Length is > 0 and <= NameLimit;
        context.Response.StatusCode = isName ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(isName ? $"{directory.Forget(user)}\n" : "give the user's name: /directory/forget?user=NAME\n", context.RequestAborted);
    });
}
