using MailProxy.Configuration;
using MailProxy.Directory;
using MailProxy.Nodes;
using MailProxy.Routing;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Moves;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Moves;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailProxy.Moving;

/// <summary>One run of <c>mailproxy user move</c>, from a valid configuration to the last line.</summary>
internal sealed class UserMove(ProxyConfig config, MoveReport report, TimeProvider time) : IAsyncDisposable
{
    // Longer than a leader's election in Consul.
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(30);

    private readonly MoveLedger _ledger = new(config.Consul, time);
    private readonly RoutingService _routing = new(config.Consul, NullLoggerFactory.Instance, time);
    private readonly StoreApiClients _clients = new(StoreTlsFiles.Load(config.Stores.Tls));

    /// <summary>Does what was asked for; the exit code.</summary>
    /// <exception cref="MoveException">It cannot be done: the text says what to do.</exception>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public async Task<int> RunAsync(MoveRequest request, CancellationToken stop)
    {
        await LoadRoutesAsync(stop);
        var user = await FindUserAsync(request.User, stop);
        var standing = await FindMoveAsync(user.Name, stop);
        if (request.Kind == MoveRequestKind.Status)
        {
            report.Status(standing, user.Name);
            return 0;
        }

        if (request.Kind != MoveRequestKind.Begin)
        {
            return await GoOnAsync(request, standing ?? throw new MoveException($"No move of {user.Name} is under way."), stop);
        }

        var pin = await _ledger.PinAsync(user.Name, stop);
        var decision = _routing.Router.Route(user.Name, user.Home);
        if (standing is null && decision.StoreId == request.To && decision.Outcome == RouteOutcome.Routed)
        {
            throw new MoveException($"{user.Name} lives at {request.To} already ({decision.Detail}).");
        }

        var from = decision.StoreId ?? throw new MoveException($"{user.Name} has no home to move from: {decision.Detail}.");
        RequireStore(request.To!, "move to");
        var move = new MoveRecord(Guid.NewGuid().ToString("N"), user.Name, standing?.Move.From ?? from, request.To!, MoveStep.Copying, time.GetUtcNow(), Operator())
        {
            Via = request.Via,
            Pinned = pin is not null,
            Purge = request.Purge,
        };
        var stores = MoverFor(request.Via);
        if (standing is null)
        {
            // A move that stands says more about what is wrong than the stores do.
            RequireStore(from, "move from");
            await stores.CheckAsync(move, stop);
        }

        await using var handle = await _ledger.BeginAsync(move, stop);
        return await DriveAsync(handle, stores, request.Hold, stop);
    }

    /// <summary>How things stand for a user after an interruption, and how to go on; null: nothing is under way.</summary>
    public async Task<string?> ExplainAsync(string user, CancellationToken cancellationToken) => await FindMoveAsync(user, cancellationToken) is { Move: var move }
        ? $"The move of {move.User} from {move.From} to {move.To} stands at step {MoveText.NameOf(move.Step)}; {(MoveMachine.IsHeld(move.Step) ? "logins wait" : "the user is served")}. "
            + $"Go on: mailproxy user move {move.User} --resume. Take it back: mailproxy user move {move.User} --abort."
        : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _ledger.Dispose();
        await _routing.DisposeAsync();
    }

    private static string Operator()
    {
        var name = Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } behind ? behind : Environment.UserName;
        return $"{name}@{Environment.MachineName}";
    }

    private async Task<int> GoOnAsync(MoveRequest request, MoveListing standing, CancellationToken stop)
    {
        if (standing.IsDriven)
        {
            report.Report(new MoveProgress(standing.Move.Step, TimeSpan.Zero, $"the command of {standing.Move.Operator} holds this move; waiting for its session to end"));
        }

        var stores = MoverToGoOn(request, standing.Move);
        await using var handle = await _ledger.TakeOverAsync(standing.Move.Id, Operator(), stop);
        if (request.Kind == MoveRequestKind.Abort && !handle.Move.Undo)
        {
            if (!MoveMachine.MayUndo(handle.Move.Step))
            {
                throw new MoveException(
                    $"{handle.Move.User} lives at {handle.Move.To} already, so there is nothing to take back. Finish with --resume; then move them to {handle.Move.From}.");
            }

            await handle.WriteAsync(handle.Move with { Undo = true }, stop);
        }

        return await DriveAsync(handle, stores, request.Hold, stop, isAbort: request.Kind == MoveRequestKind.Abort);
    }

    private async Task<int> DriveAsync(IMoveHandle handle, IStoreMover stores, TimeSpan hold, CancellationToken stop, bool isAbort = false)
    {
        var result = await new MoveDriver(handle, stores, new MoveTimes { Hold = hold }, time, report).RunAsync(stop);
        report.End(handle.Move, result);
        return (result.Outcome == MoveOutcome.Moved) != isAbort ? 0 : 1;
    }

    // What stands in Consul tells how a move was begun; it is never run: whoever can write there must not choose what operators' machines execute.
    private IStoreMover MoverToGoOn(MoveRequest request, MoveRecord move)
    {
        if (move.Via is null && request.Via is not null)
        {
            throw new MoveException("The stores copy the mail in this move: leave --via out.");
        }

        if (move.Via is not null && request.Via is null && request.Kind == MoveRequestKind.Resume && !move.Undo)
        {
            throw new MoveException($"This move copies by a command of {move.Operator}'s, '{move.Via}': say so again, with --resume --via COMMAND.");
        }

        return move.Via is null ? MoverFor(null) : new CommandMover(request.Via ?? "", report.Commentary);
    }

    private IStoreMover MoverFor(string? via) => via is null ? new StoreApiMover(_clients, NodeOf) : new CommandMover(via, report.Commentary);

    private StoreNode? NodeOf(string store) => _routing.Router.Stores.FirstOrDefault(node => node.Id == store);

    private void RequireStore(string store, string purpose)
    {
        var node = NodeOf(store) ?? throw new MoveException(
            $"There is no store {store} to {purpose}. Consul lists: {string.Join(", ", _routing.Router.Stores.Select(known => known.Id).Order(StringComparer.Ordinal))}.");
        if (node.State == StoreState.Offline || (node.State == StoreState.Draining && purpose == "move to"))
        {
            throw new MoveException($"{store} is {node.State.ToString().ToLowerInvariant()} ({node.StateDetail}), so nobody can {purpose} it. Nothing was changed.");
        }
    }

    private async Task LoadRoutesAsync(CancellationToken stop)
    {
        _routing.Start();
        try
        {
            await _routing.ReadyAsync(stop).WaitAsync(LoadLimit, time, stop);
        }
        catch (TimeoutException)
        {
            throw new MoveException($"Consul gave no routes within {LoadLimit.TotalSeconds:0} s: {_routing.Detail}");
        }
    }

    private async Task<DirectoryUser> FindUserAsync(string name, CancellationToken stop)
    {
        await using var directory = UserDirectoryFactory.Create(config.Directory, NullLoggerFactory.Instance, time);
        await directory.StartAsync(stop);
        var found = await directory.LookUpAsync(name, stop);
        return found switch
        {
            { Outcome: LookupOutcome.Found, Users: [var user] } when ConsulKey.Problem(user.Name) is { } problem =>
                throw new MoveException($"{user.Name} cannot have a pin in Consul, so they cannot be moved: {problem}."),
            { Outcome: LookupOutcome.Found, Users: [var user] } => user,
            { Outcome: LookupOutcome.Found } => throw new MoveException($"{name} stands for {found.Users.Count} users: move each of them."),
            { Outcome: LookupOutcome.NoSuchUser or LookupOutcome.NotOurDomain } => throw new MoveException($"The directory knows no user {name}."),
            _ => throw new MoveException($"The directory cannot be asked about {name} now: {found.Detail}"),
        };
    }

    // By the pin, or where somebody changed the pin, by the records.
    private async Task<MoveListing?> FindMoveAsync(string user, CancellationToken stop)
    {
        var pin = await _ledger.PinAsync(user, stop);
        return pin?.Move is { } id && await _ledger.FindAsync(id, stop) is { } found
            ? found
            : (await _ledger.ListAsync(stop)).FirstOrDefault(listing => listing.Move.User == user);
    }
}
