using System.Collections.Concurrent;
using MailProxy.Directory;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Moves;
using MailProxy.Store.Moves.Api;

namespace MailProxy.Moving.Many;

/// <summary>Whose mail is at a store: the store's own word, or a file for stores of other kinds; with what directory and routes say of each.</summary>
internal sealed class ResidentList(ManyContext context, string? file)
{
    private const int PageUsers = 1_000;

    // Enough for a directory at the other end of a slow link, and no burden to it.
    private const int LookUpsAtOnce = 16;

    // What the directory said is kept: a command lists the same users again and again. A home that changes meanwhile is seen by the next command.
    private readonly ConcurrentDictionary<string, (string? Home, string? Problem)> _known = new(StringComparer.Ordinal);

    /// <summary>Whether the stores can be asked.</summary>
    public bool AsksStores => file is null;

    /// <summary>Everybody at one store.</summary>
    public async Task<IReadOnlyList<Resident>> ReadAsync(string store, bool withSizes, CancellationToken stop)
    {
        var users = file is null ? await AskAsync(store, withSizes, stop) : await ReadFileAsync(file, stop);
        await Parallel.ForEachAsync(
            users.Where(user => !_known.ContainsKey(user.User)),
            new ParallelOptions { MaxDegreeOfParallelism = LookUpsAtOnce, CancellationToken = stop },
            async (user, cancel) => _known[user.User] = Judge(user.User, await context.LookUpAsync(user.User, cancel)));
        var residents = users.Select(user => Describe(user, store));

        // A file names users of several stores, or such as have moved already: whoever is routed elsewhere is not here.
        return [.. file is null ? residents : residents.Where(resident => resident.Decision.StoreId == store)];
    }

    /// <summary>How many users a store fetches at a time.</summary>
    public async Task<int> MaxPullsAsync(string store, CancellationToken stop) => (await PageAsync(store, "", 1, withSizes: false, stop)).MaxPulls;

    private static (string? Home, string? Problem) Judge(string user, LookupResult found) => found switch
    {
        { Outcome: LookupOutcome.Found, Users: [var one] } when one.Name == user => (string.IsNullOrEmpty(one.Home) ? null : one.Home, ConsulKey.Problem(user)),
        { Outcome: LookupOutcome.Found } => (null, "this name is an alias in the directory: nobody reads this mail any more. Move or delete it by hand"),
        _ => (null, "the directory knows no such user: nobody reads this mail any more. Move or delete it by hand"),
    };

    private Resident Describe(StoreUser user, string store)
    {
        var (home, problem) = _known[user.User];
        var decision = context.Router.Route(user.User, home);
        if (problem is null && decision.StoreId != store)
        {
            problem = $"their mail is here and yet they are routed to {decision.StoreId ?? "no store"} ({decision.Detail}): look at both, correct the route first";
        }
        else if (problem is null && decision is { Outcome: RouteOutcome.Held, Move: null })
        {
            problem = $"on hold, and no move of ours holds them ({decision.Detail}): release them first";
        }

        return new Resident(user.User, store, decision, home, problem) { Messages = user.Messages, Octets = user.Octets };
    }

    private async Task<List<StoreUser>> AskAsync(string store, bool withSizes, CancellationToken stop)
    {
        var users = new List<StoreUser>();
        StoreUserPage page;
        do
        {
            page = await PageAsync(store, users.Count == 0 ? "" : users[^1].User, PageUsers, withSizes, stop);
            users.AddRange(page.Users);
        }
        while (!page.IsLast && page.Users.Count > 0);
        return users;
    }

    private async Task<StoreUserPage> PageAsync(string store, string after, int limit, bool withSizes, CancellationToken stop)
    {
        var node = context.NodeOf(store) ?? throw new MoveException($"Consul lists no store {store} any more.");
        try
        {
            return await context.Clients.For(node).ListUsersAsync(after, limit, withSizes, stop);
        }
        catch (StoreMoveException exception)
        {
            throw new MoveException($"{store} cannot say who lives there: {exception.Message} For stores of another kind give --users FILE --via COMMAND.", exception);
        }
    }

    private static async Task<List<StoreUser>> ReadFileAsync(string file, CancellationToken stop)
    {
        try
        {
            return
            [
                .. (await File.ReadAllLinesAsync(file, stop)).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')
                    .Select(line => line.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Select(user => new StoreUser(user, 0, 0)),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MoveException($"{file} cannot be read: {exception.Message}", exception);
        }
    }
}
