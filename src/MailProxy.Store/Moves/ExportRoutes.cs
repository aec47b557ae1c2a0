using System.Globalization;
using MailProxy.Store.Engine.Files.Repeats;
using MailProxy.Store.Moves.Export;
using Microsoft.AspNetCore.Http;

namespace MailProxy.Store.Moves;

/// <summary>What other stores read of a user. Callers have been judged.</summary>
internal sealed class ExportRoutes(StoreMoves moves)
{
    public Task<IResult> Head(HttpContext context, string user, string move) =>
        Task.FromResult(Results.Json(moves.Engine.Moves.Export(user).Head(move, moves.StoreId), ExportJson.Default.ExportHead));

    public Task<IResult> Changes(HttpContext context, string user, CancellationToken cancellationToken)
    {
        var since = ulong.TryParse(context.Request.Query["since"], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : 0;
        var after = uint.TryParse(context.Request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : 0;

        // Reads files to make digests: not on the thread that accepts.
        return Task.Run(
            () => moves.Engine.Moves.Export(user).Changes(MailboxOf(context), since, after, cancellationToken) is { } page
                ? Results.Json(page, ExportJson.Default.ExportPage)
                : Gone("mailbox"),
            cancellationToken);
    }

    public Task<IResult> Uids(HttpContext context, string user, CancellationToken cancellationToken) => Task.FromResult(
        moves.Engine.Moves.Export(user).Uids(MailboxOf(context)) is { } uids ? Results.Json(uids, ExportJson.Default.ExportUids) : Gone("mailbox"));

    public Task<IResult> Taken(HttpContext context, string user)
    {
        var after = context.Request.Query["after"].ToString();
        var since = long.TryParse(context.Request.Query["since"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        return Task.FromResult(
            after.Length is 0 or TakenKeys.DigestOctets * 2 && after.All(char.IsAsciiHexDigit)
                ? Results.Json(moves.Engine.Moves.Export(user).Taken(Convert.FromHexString(after), since), ExportJson.Default.ExportTaken)
                : MoveRoutes.Problem(400, "No digest", "Say after which digest, in 64 hexadecimal digits."));
    }

    public Task<IResult> Content(HttpContext context, string user, CancellationToken cancellationToken)
    {
        var uid = uint.TryParse(context.Request.RouteValues["uid"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return Task.FromResult(moves.Engine.Moves.Export(user).OpenContent(MailboxOf(context), uid) is { } content ? Results.Stream(content, "message/rfc822") : Gone("message"));
    }

    private static ulong MailboxOf(HttpContext context) =>
        ulong.TryParse(context.Request.RouteValues["mailbox"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var mailbox) ? mailbox : 0;

    private static IResult Gone(string what) => MoveRoutes.Problem(404, "Gone", $"There is no such {what}.");
}
