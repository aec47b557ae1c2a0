using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MailProxy.Http.Admin;

/// <summary>Lets requests in that bring the token, where there is one. Certificates are judged before, in the handshake.</summary>
internal sealed class AdminAuthentication(Func<AdminToken?> token, ILogger logger)
{
    // RFC 6750 2.1.
    private const string Scheme = "Bearer ";

    /// <summary>The middleware.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (token() is { } expected && !IsRight(expected, context.Request.Headers.Authorization.ToString()))
        {
            logger.LogWarning("Admin request {Method} {Path} from {Client} refused: no token, or a wrong one", context.Request.Method, context.Request.Path.Value, context.Connection.RemoteIpAddress);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await AdminEndpoints.AnswerAsync(context, StatusCodes.Status401Unauthorized, new AdminError("this API takes the token of Admin:TokenFile"), AdminJson.Default.AdminError);
            return;
        }

        await next(context);
    }

    private static bool IsRight(AdminToken expected, string header) =>
        header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && expected.Is(header[Scheme.Length..].Trim());
}
