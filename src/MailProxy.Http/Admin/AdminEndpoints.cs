using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace MailProxy.Http.Admin;

/// <summary>
/// The admin API: <c>GET /v1/node</c>, <c>GET /v1/sessions?user=&amp;after=&amp;limit=</c>, <c>POST /v1/sessions/kick?user=</c> or <c>?id=</c>,
/// <c>POST /v1/drain?deadline=SECONDS</c>, <c>POST /v1/undrain</c>, <c>POST /v1/reload</c>. JSON; every error has an <c>error</c> that says what to do.
/// </summary>
internal static class AdminEndpoints
{
    // What a page holds unless told.
    private const int UsualLimit = 100;

    // RFC 5321 4.5.3.1: 64 + 1 + 255; session ids are shorter.
    private const int NameLimit = 320;

    /// <summary>Adds them.</summary>
    public static void MapAdmin(this IEndpointRouteBuilder routes, IAdminNode node, ILogger logger)
    {
        routes.MapGet("/v1/node", context => AnswerAsync(context, node.Report(), AdminJson.Default.AdminNode));
        routes.MapGet("/v1/sessions", context => SessionsAsync(context, node));
        routes.MapPost("/v1/sessions/kick", context => KickAsync(context, node, logger));
        routes.MapPost("/v1/drain", context => DrainAsync(context, node, logger));
        routes.MapPost("/v1/undrain", context => UndrainAsync(context, node, logger));
        routes.MapPost("/v1/reload", async context => await AnswerAsync(context, await node.ReloadAsync(), AdminJson.Default.AdminReload));
    }

    /// <summary>Writes an answer.</summary>
    internal static Task AnswerAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }

    private static Task AnswerAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) => AnswerAsync(context, StatusCodes.Status200OK, value, type);

    private static Task RefuseAsync(HttpContext context, int status, string what) => AnswerAsync(context, status, new AdminError(what), AdminJson.Default.AdminError);

    private static Task SessionsAsync(HttpContext context, IAdminNode node)
    {
        var limit = UsualLimit;
        var query = context.Request.Query;
        if (query.TryGetValue("limit", out var text) && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 1))
        {
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "limit takes a number above 0");
        }

        return AnswerAsync(context, node.Sessions(Text(context, "user"), Text(context, "after"), limit), AdminJson.Default.AdminSessionPage);
    }

    private static Task KickAsync(HttpContext context, IAdminNode node, ILogger logger)
    {
        var (user, id) = (Text(context, "user"), Text(context, "id"));
        if (user is null == id is null || (user ?? id)!.Length > NameLimit)
        {
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "give user=NAME or id=SESSION, one of them");
        }

        var kicked = user is not null ? node.KickUser(user) : node.KickSession(id!);
        logger.LogInformation("An operator at {Client} ended {Count} sessions of {Whom}", context.Connection.RemoteIpAddress, kicked.Sessions, user ?? id);
        return AnswerAsync(context, kicked, AdminJson.Default.AdminKicked);
    }

    private static Task DrainAsync(HttpContext context, IAdminNode node, ILogger logger)
    {
        TimeSpan? deadline = null;
        if (Text(context, "deadline") is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > AdminLimits.MostDrainSeconds)
            {
                return RefuseAsync(context, StatusCodes.Status400BadRequest, $"deadline takes 1 to {AdminLimits.MostDrainSeconds} seconds");
            }

            deadline = TimeSpan.FromSeconds(seconds);
        }

        logger.LogInformation("An operator at {Client} drains this node", context.Connection.RemoteIpAddress);
        return AnswerAsync(context, node.Drain(deadline), AdminJson.Default.AdminNode);
    }

    private static async Task UndrainAsync(HttpContext context, IAdminNode node, ILogger logger)
    {
        logger.LogInformation("An operator at {Client} ends the drain of this node", context.Connection.RemoteIpAddress);
        try
        {
            await AnswerAsync(context, await node.UndrainAsync(), AdminJson.Default.AdminNode);
        }
        catch (IOException exception) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, exception.Message);
        }
    }

    private static string? Text(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;
}
