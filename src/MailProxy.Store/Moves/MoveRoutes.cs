using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using MailProxy.Store.Moves.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Moves;

/// <summary>
/// <c>/moves/users/{user}</c>: the steps of a move for the operator's command (a trusted client), and exports for other stores (a trusted store).
/// Every refusal is <c>application/problem+json</c> with a sentence that says what to do.
/// </summary>
internal sealed class MoveRoutes(StoreMoves moves, StoreAccess access, ILogger logger)
{
    private const int MaxMoveLength = 64;
    private const int MaxLeaseSeconds = 600;
    private const int MaxWaitSeconds = 30;

    // /moves/users/{user}/...
    private const int UserSegment = 3;

    private delegate Task<IResult> Step(HttpContext context, string user, CancellationToken cancellationToken);

    /// <summary>Adds all routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        const string User = "/moves/users/{user}";
        routes.MapGet(User, Guard((_, user, _) => Task.FromResult(State(moves.Get(user)))));
        routes.MapPut(User + "/hold", Guard(HoldAsync));
        routes.MapDelete(User + "/hold", Guard(ByMove(moves.ReleaseAsync)));
        routes.MapPost(User + "/pull", Guard(PullAsync));
        routes.MapGet(User + "/pull", Guard(GetPullAsync));
        routes.MapPost(User + "/activate", Guard(ActivateAsync));
        routes.MapPut(User + "/fence", Guard(FenceAsync));
        routes.MapDelete(User + "/fence", Guard(ByMove(moves.UnfenceAsync)));
        routes.MapDelete(User + "/staged", Guard(ByMove(moves.DropStagedAsync)));
        routes.MapDelete(User + "/left-behind", Guard(ByMove(moves.PurgeAsync)));
        var whole = new WholeStoreRoutes(moves);
        routes.MapGet("/moves/users", Guard((context, _, cancellationToken) => whole.List(context, cancellationToken), isOfUser: false));
        routes.MapPut("/moves/newcomers", Guard(CloseToNewcomersAsync, isOfUser: false));
        routes.MapDelete("/moves/newcomers", Guard((context, _, cancellationToken) => whole.OpenAsync(MoveOf(context), cancellationToken), isOfUser: false));
        var exports = new ExportRoutes(moves);
        routes.MapGet(User + "/export", Guard((context, user, _) => exports.Head(context, user, MoveOf(context)), isExport: true));
        routes.MapGet(User + "/export/taken", Guard((context, user, _) => exports.Taken(context, user), isExport: true));
        routes.MapGet(User + "/export/{mailbox}", Guard(exports.Changes, isExport: true));
        routes.MapGet(User + "/export/{mailbox}/uids", Guard(exports.Uids, isExport: true));
        routes.MapGet(User + "/export/{mailbox}/{uid}", Guard(exports.Content, isExport: true));
    }

    /// <summary>A refusal.</summary>
    internal static IResult Problem(int status, string title, string detail) =>
        Results.Json(new MoveProblem(status, title, detail), MoveJson.Default.MoveProblem, "application/problem+json", status);

    private static IResult State(UserMoveState state) => Results.Json(state, MoveJson.Default.UserMoveState);

    private static string MoveOf(HttpContext context) => Checked(context.Request.Query["move"].ToString());

    private static string Checked(string? move) =>
        move is { Length: > 0 and <= MaxMoveLength } && move.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-')
            ? move
            : throw new BadHttpRequestException($"Name the move: 1 to {MaxMoveLength} letters, digits, '.', '_' and '-'.");

    private static string CheckedHold(string? hold) =>
        hold is { Length: > 0 and <= MaxMoveLength } ? hold : throw new BadHttpRequestException("Name the hold under which the last pull was complete.");

    private static Step ByMove(Func<string, string, CancellationToken, Task<UserMoveState>> step) =>
        async (context, user, cancellationToken) => State(await step(user, MoveOf(context), cancellationToken));

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, cancellationToken) ?? throw new BadHttpRequestException("The request has no body.");

    // From the target as it came: routing leaves %2F as it is, and then nobody knows whether it was %252F.
    private static string? UserOf(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].Split('/');
        return target.Length > UserSegment && CanonicalUser.TryParse(Uri.UnescapeDataString(target[UserSegment]), out var user) ? user : null;
    }

    private RequestDelegate Guard(Step step, bool isExport = false, bool isOfUser = true) => async context =>
    {
        var result = await JudgeAsync(context, step, isExport, isOfUser);
        await result.ExecuteAsync(context);
    };

    private async Task<IResult> JudgeAsync(HttpContext context, Step step, bool isExport, bool isOfUser)
    {
        var certificate = context.Connection.ClientCertificate;
        if (!access.IsTrusted(certificate) && !(isExport && access.IsTrustedStore(certificate)) && !access.AllowsClear(context.Connection.RemoteIpAddress))
        {
            MoveLog.NotTrusted(logger, context.Request.Path);
            return Problem(403, "Not trusted", isExport
                ? "Show a certificate that is named in this store's Access:TrustedStores."
                : "Show a certificate that is named in this store's Access:TrustedClients.");
        }

        if ((isOfUser ? UserOf(context) : "") is not { } user)
        {
            return Problem(400, "No user", "Name the user as local@domain, percent-encoded.");
        }

        try
        {
            return await step(context, user, context.RequestAborted);
        }
        catch (Exception exception) when (exception is BadHttpRequestException or JsonException)
        {
            return Problem(400, "Bad request", exception.Message);
        }
        catch (StoreFaultException fault)
        {
            var move = context.Request.Query["move"].ToString();
            MoveLog.Refused(logger, move.Any(char.IsControl) ? "" : move, user, context.Request.Method + " " + context.Request.Path, fault.Message);
            return fault.Kind switch
            {
                StoreFaultKind.MoveConflict => Problem(409, "Conflict", fault.Message),
                StoreFaultKind.Limit => Problem(400, "Limit", fault.Message),
                _ => Problem(503, "Temporary failure", fault.Message),
            };
        }
    }

    private async Task<IResult> HoldAsync(HttpContext context, string user, CancellationToken cancellationToken)
    {
        var request = await ReadAsync(context, MoveJson.Default.HoldRequest, cancellationToken);
        return request.LeaseSeconds is < 1 or > MaxLeaseSeconds
            ? Problem(400, "Bad lease", $"leaseSeconds is {request.LeaseSeconds}; it must be between 1 and {MaxLeaseSeconds}.")
            : State(await moves.HoldAsync(user, Checked(request.Move), TimeSpan.FromSeconds(request.LeaseSeconds), cancellationToken));
    }

    private async Task<IResult> CloseToNewcomersAsync(HttpContext context, string user, CancellationToken cancellationToken)
    {
        var request = await ReadAsync(context, MoveJson.Default.NewcomersRequest, cancellationToken);
        return request.LeaseSeconds is < 1 or > MaxLeaseSeconds
            ? Problem(400, "Bad lease", $"leaseSeconds is {request.LeaseSeconds}; it must be between 1 and {MaxLeaseSeconds}.")
            : Results.Json(
                await moves.CloseToNewcomersAsync(Checked(request.Move), TimeSpan.FromSeconds(request.LeaseSeconds), cancellationToken), MoveJson.Default.NewcomersState);
    }

    private async Task<IResult> PullAsync(HttpContext context, string user, CancellationToken cancellationToken)
    {
        var request = await ReadAsync(context, MoveJson.Default.PullRequest, cancellationToken);

        // The peer chooses whom we dial: TLS with our CAs, or nothing.
        if (!Uri.TryCreate(request.From, UriKind.Absolute, out var from) || from.UserInfo.Length > 0 || from.PathAndQuery != "/" || from.Fragment.Length > 0
            || !(from.Scheme == Uri.UriSchemeHttps || (from is { Scheme: "http", IsLoopback: true } && access.AllowsClear(context.Connection.RemoteIpAddress))))
        {
            return Problem(400, "Bad source", "Give the source's address as https://host:port.");
        }

        var progress = await moves.PullAsync(user, Checked(request.Move), from, cancellationToken);
        return Results.Json(progress, MoveJson.Default.PullProgress, statusCode: StatusCodes.Status202Accepted);
    }

    private async Task<IResult> GetPullAsync(HttpContext context, string user, CancellationToken cancellationToken)
    {
        var wait = int.TryParse(context.Request.Query["wait"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Min(seconds, MaxWaitSeconds) : 0;
        return Results.Json(await moves.GetPullAsync(user, MoveOf(context), TimeSpan.FromSeconds(wait), cancellationToken), MoveJson.Default.PullProgress);
    }

    private async Task<IResult> ActivateAsync(HttpContext context, string user, CancellationToken cancellationToken)
    {
        var request = await ReadAsync(context, MoveJson.Default.ActivateRequest, cancellationToken);
        return State(await moves.ActivateAsync(user, Checked(request.Move), CheckedHold(request.Hold), cancellationToken));
    }

    private async Task<IResult> FenceAsync(HttpContext context, string user, CancellationToken cancellationToken)
    {
        var request = await ReadAsync(context, MoveJson.Default.FenceRequest, cancellationToken);
        Checked(request.Move);
        CheckedHold(request.Hold);
        if (request.To is not { Store.Length: > 0, Host: { Length: > 0 and <= 255 } host } to || Uri.CheckHostName(host) == UriHostNameType.Unknown
            || to.Store.Any(char.IsControl) || new[] { to.ImapPort, to.Pop3Port, to.LmtpPort }.Any(port => port is < 1 or > 65_535))
        {
            return Problem(400, "Bad target", "Give to.store, to.host (a host name or an address) and the ports, each between 1 and 65535 or null.");
        }

        if (to.Store == moves.StoreId)
        {
            return Problem(400, "Bad target", "A user cannot be fenced to the store where they are.");
        }

        return State(await moves.FenceAsync(user, request, cancellationToken));
    }
}
