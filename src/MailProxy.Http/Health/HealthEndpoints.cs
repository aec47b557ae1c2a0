using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailProxy.Http.Health;

/// <summary><c>/livez</c> and <c>/readyz</c>, for load balancers and people.</summary>
internal static class HealthEndpoints
{
    private static readonly string[] Probes = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds both. Readiness is 200 or 503; <c>?verbose</c> lists every check by name.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes, IReadOnlyList<IReadinessCheck> checks)
    {
        routes.MapMethods("/livez", Probes, context => AnswerAsync(context, StatusCodes.Status200OK, "ok\n"));
        routes.MapMethods("/readyz", Probes, context => AnswerReadinessAsync(context, checks));
    }

    private static Task AnswerReadinessAsync(HttpContext context, IReadOnlyList<IReadinessCheck> checks)
    {
        var results = checks.Select(check => (check.Name, check.Unreadiness)).ToList();
        var isReady = results.TrueForAll(result => result.Unreadiness is null);
        var text = new StringBuilder();
        if (context.Request.Query.ContainsKey("verbose"))
        {
            foreach (var (name, unreadiness) in results)
            {
                text.Append(unreadiness is null ? $"[+] {name} ok\n" : $"[-] {name}: {unreadiness}\n");
            }
        }

        text.Append(isReady ? "ready\n" : "not ready\n");
        return AnswerAsync(context, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, text.ToString());
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        // A cached answer about health is a lie.
        context.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text, context.RequestAborted);
    }
}
