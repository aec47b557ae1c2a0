using MailProxy.Routing.Catalog;
using MailProxy.Routing.Moves;
using MailProxy.Store.Moves.Api;

namespace MailProxy.Moving;

/// <summary>The stores' half of a move between two reference stores, by their HTTPS API.</summary>
internal sealed class StoreApiMover(StoreApiClients clients, Func<string, StoreNode?> nodeOf) : IStoreMover
{
    // The store answers earlier when the pull ends.
    private const int PollSeconds = 1;

    /// <inheritdoc/>
    public async Task CheckAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        var target = await AskAsync(move.To, client => client.GetAsync(move.User, cancellationToken));
        var source = await AskAsync(move.From, client => client.GetAsync(move.User, cancellationToken));
        if (target is { Serving: UserServing.Serving, HasMail: true })
        {
            throw new MoveException(
                $"{move.To} has live mail of {move.User} already (delivered there while a pin or slot named it, perhaps), which a move would replace. Take it out of the way first.");
        }

        if (source is { Serving: UserServing.Fenced, To: { } elsewhere })
        {
            throw new MoveException($"{move.From} has sent {move.User} on to {elsewhere.Store}, yet they are routed to {move.From}: correct the route first.");
        }
    }

    /// <inheritdoc/>
    public async Task CopyAsync(MoveRecord move, bool isLast, IProgress<CopyProgress> progress, CancellationToken cancellationToken)
    {
        if (isLast && await IsFencedAsync(move, cancellationToken))
        {
            // Done by the run before: nothing can have changed behind a fence.
            return;
        }

        await ClearAsync(move, cancellationToken);
        var pull = await AskAsync(move.To, client => client.PullAsync(move.User, new PullRequest(move.Id, BaseOf(move.From).AbsoluteUri), cancellationToken));
        while (pull.Phase is PullPhase.Running or PullPhase.None)
        {
            progress.Report(ProgressOf(pull));
            pull = await AskAsync(move.To, client => client.GetPullAsync(move.User, move.Id, PollSeconds, cancellationToken));
            if (pull.Phase == PullPhase.None)
            {
                throw new MoveException($"{move.To} was restarted while it copied; what it has stays, and is not fetched again.");
            }
        }

        progress.Report(ProgressOf(pull));
        if (pull.Phase == PullPhase.Failed)
        {
            throw new MoveException($"{move.To} could not copy: {pull.Error}");
        }

        if (isLast && pull.Hold is null)
        {
            throw new MoveException($"{move.From} did not stand still during the last copy (its hold ran out, perhaps)");
        }
    }

    /// <inheritdoc/>
    public async Task HoldSourceAsync(MoveRecord move, TimeSpan lease, CancellationToken cancellationToken)
    {
        if (!await IsFencedAsync(move, cancellationToken))
        {
            await AskAsync(move.From, client => client.HoldAsync(move.User, new HoldRequest(move.Id, (int)lease.TotalSeconds), cancellationToken));
        }
    }

    /// <inheritdoc/>
    public Task ReleaseSourceAsync(MoveRecord move, CancellationToken cancellationToken) =>
        AskAsync(move.From, client => client.ReleaseAsync(move.User, move.Id, cancellationToken));

    /// <inheritdoc/>
    public async Task FenceSourceAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        if (await IsFencedAsync(move, cancellationToken))
        {
            return;
        }

        var target = await AskAsync(move.To, client => client.GetAsync(move.User, cancellationToken));
        if (target.Staged is not { Hold: { } hold } staged || staged.Move != move.Id)
        {
            throw new MoveException($"{move.To} has no complete copy of {move.User}");
        }

        await AskAsync(move.From, client => client.FenceAsync(move.User, new FenceRequest(move.Id, hold, FenceTargetOf(move.To)), cancellationToken));
    }

    /// <inheritdoc/>
    public async Task UnfenceAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        if (await IsFencedAsync(move, cancellationToken))
        {
            await AskAsync(move.From, client => client.UnfenceAsync(move.User, move.Id, cancellationToken));
        }
    }

    /// <inheritdoc/>
    public async Task ActivateAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        var target = await AskAsync(move.To, client => client.GetAsync(move.User, cancellationToken));
        if (target.ActivatedMove == move.Id)
        {
            return;
        }

        if (target.Staged is not { Hold: { } hold } staged || staged.Move != move.Id)
        {
            throw new MoveException($"{move.To} has lost its complete copy of {move.User}");
        }

        await AskAsync(move.To, client => client.ActivateAsync(move.User, new ActivateRequest(move.Id, hold), cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<bool> DropCopyAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        var before = await AskAsync(move.To, client => client.GetAsync(move.User, cancellationToken));
        if (before.ActivatedMove == move.Id)
        {
            return false;
        }

        if (before.Staged?.Move == move.Id)
        {
            await AskAsync(move.To, client => client.DropStagedAsync(move.User, move.Id, cancellationToken));

            // An activation that a dead command had sent may have come first.
            return (await AskAsync(move.To, client => client.GetAsync(move.User, cancellationToken))).ActivatedMove != move.Id;
        }

        return true;
    }

    /// <inheritdoc/>
    public Task PurgeAsync(MoveRecord move, CancellationToken cancellationToken) =>
        AskAsync(move.From, client => client.PurgeLeftBehindAsync(move.User, move.Id, cancellationToken));

    // There is one move of a user at a time (the pin names it): what another one left at the stores belongs to nobody.
    private async Task ClearAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        var target = await AskAsync(move.To, client => client.GetAsync(move.User, cancellationToken));
        if (target.Staged is { } staged && staged.Move != move.Id)
        {
            await AskAsync(move.To, client => client.DropStagedAsync(move.User, staged.Move, cancellationToken));
        }

        var source = await AskAsync(move.From, client => client.GetAsync(move.User, cancellationToken));
        if (source is { Serving: UserServing.Held, Move: { } other } && other != move.Id)
        {
            await AskAsync(move.From, client => client.ReleaseAsync(move.User, other, cancellationToken));
        }
    }

    private static CopyProgress ProgressOf(PullProgress pull) => new(pull.Messages, pull.Octets, 0);

    private async Task<bool> IsFencedAsync(MoveRecord move, CancellationToken cancellationToken)
    {
        var source = await AskAsync(move.From, client => client.GetAsync(move.User, cancellationToken));
        return source.Serving == UserServing.Fenced && source.Move == move.Id;
    }

    private Uri BaseOf(string store) => StoreApiClients.BaseOf(Node(store));

    private FenceTarget FenceTargetOf(string store)
    {
        var node = Node(store);
        int? Port(params StoreService[] services) => services.Where(node.Ports.ContainsKey).Select(service => (int?)node.Ports[service]).FirstOrDefault();
        return new FenceTarget(store, node.Address, Port(StoreService.Imap, StoreService.Imaps), Port(StoreService.Pop3, StoreService.Pop3s), Port(StoreService.Lmtp));
    }

    private StoreNode Node(string store) => nodeOf(store) ?? throw new MoveException($"Consul lists no store {store}");

    private async Task<T> AskAsync<T>(string store, Func<StoreMoveClient, Task<T>> ask)
    {
        try
        {
            return await ask(clients.For(Node(store)));
        }
        catch (StoreMoveException exception)
        {
            throw new MoveException($"{store}: {exception.Message}", exception);
        }
    }
}
