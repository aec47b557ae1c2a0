using System.Globalization;
using MailProxy.Store.Moves.Api;
using Microsoft.AspNetCore.Http;

namespace MailProxy.Store.Moves;

/// <summary>What the operator's command asks about the store as a whole. Callers have been judged.</summary>
internal sealed class WholeStoreRoutes(StoreMoves moves)
{
    // A page is some hundred kilobytes of JSON at the most.
    private const int MaxPage = 1_000;

    public Task<IResult> List(HttpContext context, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var most = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? Math.Clamp(limit, 1, MaxPage) : MaxPage;
        var withSizes = bool.TryParse(query["sizes"], out var asked) && asked;

        // Reads the disk: not on the thread that accepts.
        return Task.Run(() => Results.Json(moves.List(query["after"].ToString(), most, withSizes, cancellationToken), MoveJson.Default.StoreUserPage), cancellationToken);
    }

    public async Task<IResult> OpenAsync(string move, CancellationToken cancellationToken) =>
        Results.Json(await moves.OpenToNewcomersAsync(move, cancellationToken), MoveJson.Default.NewcomersState);
}
