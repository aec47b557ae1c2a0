using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Plans;
using MailProxy.Routing.Slots;

namespace MailProxy.Moving.Many;

/// <summary>
/// <c>mailproxy stores drain ID</c>: moves everybody away from a store. Its slots are given to others first, so that nobody new appears there; then user by
/// user. What is left is known from where users are, so a second run goes on where the first one ended.
/// </summary>
internal sealed class StoreDrain(ManyContext context, string store, ManyRequest request, ManyReport report)
{
    // Users of a domain or with a home there may appear while the others move: so often the store is asked again at the end.
    private const int MostRounds = 3;

    /// <summary>Does what was asked for; the exit code.</summary>
    /// <param name="enough">Finish what is under way, begin nothing more.</param>
    /// <param name="stop">Leave everything where it is.</param>
    /// <exception cref="MoveException">It cannot be done: the text says what to do.</exception>
    public async Task<int> RunAsync(CancellationToken enough, CancellationToken stop)
    {
        await context.StartAsync(stop);
        var standing = await context.Routes.Plans.FindAsync(PlanRecord.Drain(store), stop);
        using var run = new ManyRun(context, request, report);
        if (request.Kind == ManyRequestKind.Status)
        {
            return await StatusAsync(run, standing, stop);
        }

        if (request.Kind == ManyRequestKind.Resume && standing is null)
        {
            throw new MoveException($"Nothing stands of emptying {store} (mailproxy/plans/{PlanRecord.Drain(store)}): leave --resume out to begin.");
        }

        context.RequireStore(store);
        var (table, _) = await context.Routes.Slots.ReadAsync(stop);
        var to = request.To.Count > 0 ? request.To : standing?.Plan.To ?? [];
        var weights = Weights(to, table, standing?.Plan.Weights);
        var residents = await run.Residents.ReadAsync(store, withSizes: true, stop);
        var plan = DrainPlan.Of(residents, store, table, await context.Routes.Pins.ListAsync(stop), weights);
        var halfway = await run.StandingAsync(move => move.From == store, stop);
        Tell(plan, residents, table, halfway.Count);
        if (request.Kind == ManyRequestKind.DryRun)
        {
            return 0;
        }

        var record = new PlanRecord(PlanRecord.Drain(store), context.Time.GetUtcNow(), ManyContext.Operator) { From = store, To = to, Weights = weights, Users = residents.Count };
        await using var handle = await run.TakeAsync(record, stop);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, handle.Lost);
        await context.Routes.States.DrainAsync(store, either.Token);
        await MoveAsync(run, plan, residents, table, halfway, weights, enough, either.Token);
        return await EndAsync(run, handle.ForgetAsync, enough, stop);
    }

    private async Task MoveAsync(
        ManyRun run,
        DrainPlan plan,
        IReadOnlyList<Resident> residents,
        SlotTable? table,
        IReadOnlyList<Relocation> halfway,
        IReadOnlyDictionary<string, int> weights,
        CancellationToken enough,
        CancellationToken stop)
    {
        var known = residents.ToDictionary(resident => resident.User, StringComparer.Ordinal);
        report.Expect(residents.Count - plan.Refused.Count, residents.Where(resident => resident.Problem is null).Sum(resident => resident.Octets));

        // Those first whom a run before this one left where they wait.
        report.Expect(halfway.Count(one => !known.ContainsKey(one.User)), 0);
        await run.MoveAsync([.. halfway.Select(one => one with { Octets = known.GetValueOrDefault(one.User)?.Octets ?? 0 })], enough, stop);
        if (table is not null && plan.Slots.Count > 0)
        {
            await run.ShiftAsync(plan.Slots, table.Count, null, [.. residents.Where(resident => resident.Decision.Reason == RouteReason.Slot)], enough, stop);
        }

        var begun = halfway.Select(one => one.User).ToHashSet(StringComparer.Ordinal);
        await run.MoveAsync([.. plan.Others.Where(one => !begun.Contains(one.User))], enough, stop);
        for (var round = 0; round < MostRounds && run.Residents.AsksStores && !enough.IsCancellationRequested; round++)
        {
            var failed = run.Queue.Failed.Select(one => one.One.User).ToHashSet(StringComparer.Ordinal);
            var late = DrainPlan.Of(
                [.. (await run.Residents.ReadAsync(store, withSizes: true, stop)).Where(resident => resident.Problem is null && !failed.Contains(resident.User))],
                store, null, await context.Routes.Pins.ListAsync(stop), weights);
            if (late.Others.Count == 0)
            {
                break;
            }

            report.Say($"           {late.Others.Count} users have appeared at {store} meanwhile");
            report.Expect(late.Others.Count, late.Others.Sum(one => one.Octets));
            await run.MoveAsync(late.Others, enough, stop);
        }

        await run.RetryAsync(enough, stop);
    }

    private async Task<int> EndAsync(ManyRun run, Func<CancellationToken, Task> forget, CancellationToken enough, CancellationToken stop)
    {
        var left = run.Residents.AsksStores
            ? await run.Residents.ReadAsync(store, withSizes: false, stop)
            : [];
        var failed = run.Queue.Failed.Select(one => (one.One.User, one.Reason)).ToList();
        failed.AddRange(left.Where(resident => resident.Problem is not null && run.Queue.Failed.All(one => one.One.User != resident.User)).Select(one => (one.User, one.Problem!)));
        var remarks = new List<string>();
        var homes = run.Queue.Done.Count(one => one.HasHome);
        if (homes > 0)
        {
            remarks.Add($"{homes} of the moved users have a home in the directory, which their pin overrides now: set it to their new store, then delete their pins (mailproxy/users/).");
        }

        remarks.Add(
            enough.IsCancellationRequested ? $"Interrupted: {left.Count} users are left at {store}. Go on with 'mailproxy stores drain {store} --resume'."
            : left.Count > 0 ? $"{store} serves {left.Count} users still, listed above; it stays on drain. Put right what stands there and repeat the command."
            : run.Residents.AsksStores ? $"{store} serves nobody any more; it stays on drain. Its mail is left behind there{(request.Purge ? ", but for what was purged" : "")}: switch it off, or set it offline."
            : failed.Count > 0 ? $"Repeat the command with those who are listed above."
            : $"Everybody whom {request.Users} names has moved.");
        var isDone = failed.Count == 0 && left.Count == 0 && !enough.IsCancellationRequested;
        if (isDone)
        {
            await forget(stop);
        }

        report.End(isDone, failed, remarks);
        return isDone ? 0 : 1;
    }

    private async Task<int> StatusAsync(ManyRun run, Routing.Plans.PlanListing? standing, CancellationToken stop)
    {
        var left = run.Residents.AsksStores ? (await run.Residents.ReadAsync(store, withSizes: false, stop)).Count : (int?)null;
        var halfway = await run.StandingAsync(move => move.From == store, stop);
        var state = context.NodeOf(store)?.State;
        report.Tell(
            standing is { Plan: var plan }
                ? $"{store} is being emptied by {plan.Operator} since {plan.Started:yyyy-MM-dd HH:mm:ss} UTC, {(standing.IsDriven ? "whose command runs" : "whose command does not run any more: --resume")}; "
                    + $"{plan.Users} users when it began last, {left?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number"} now, {halfway.Count} of them in the middle of a move."
                : $"Nobody empties {store}: {left?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown number of"} users live there; it is {state?.ToString().ToLowerInvariant() ?? "unknown to Consul"}.",
            new
            {
                store,
                state = state?.ToString().ToLowerInvariant(),
                draining = standing is not null,
                running = standing?.IsDriven,
                standing?.Plan.Operator,
                started = standing?.Plan.Started,
                users = left,
                halfway = halfway.Select(one => one.User),
            });
        return 0;
    }

    private void Tell(DrainPlan plan, IReadOnlyList<Resident> residents, SlotTable? table, int halfway)
    {
        var targets = plan.Slots.ToDictionary(move => move.Slot, move => move.To);
        var bySlot = table is null ? [] : residents
            .Where(resident => resident is { Problem: null, Decision.Reason: RouteReason.Slot })
            .Select(resident => new Relocation(resident.User, store, targets.GetValueOrDefault(SlotHash.SlotOf(resident.User, table.Count)) ?? store) { Messages = resident.Messages, Octets = resident.Octets });
        var by = residents.Where(resident => resident.Problem is null).GroupBy(resident => resident.Decision.Reason).ToDictionary(group => group.Key, group => group.Count());
        int Count(RouteReason reason) => by.GetValueOrDefault(reason);
        PlanView.Tell(
            report,
            $"{store} is to be emptied: {residents.Count} users live there, {Count(RouteReason.Slot)} by their slot, {Count(RouteReason.Pin)} by a pin, {Count(RouteReason.DirectoryHome)} by their home in the directory, "
            + $"{Count(RouteReason.Domain)} by their domain; {halfway} moves stand half-way. The stores that take are filled by weight.",
            plan.Slots, [.. bySlot, .. plan.Others], plan.Refused, request);
        if (Count(RouteReason.Domain) > 0)
        {
            report.Say($"  New users of a domain whose key (mailproxy/domains/) names {store} still appear there: change these keys first.");
        }
    }

    private Dictionary<string, int> Weights(IReadOnlyList<string> to, SlotTable? table, IReadOnlyDictionary<string, int>? before)
    {
        var takers = to.Count > 0
            ? [.. to.Select(one => context.RequireTaker(one).Id)]
            : context.Router.Stores.Where(node => node.State == StoreState.Online).Select(node => node.Id).Where(id => id != store).ToList();
        if (takers.Contains(store))
        {
            throw new MoveException($"{store} cannot take its own users: leave it out of --to.");
        }

        var weights = takers.Distinct(StringComparer.Ordinal).ToDictionary(
            taker => taker,
            taker => request.Weights.TryGetValue(taker, out var asked) ? asked
                : before is not null && before.TryGetValue(taker, out var planned) ? planned
                : table is not null && table.Weights.TryGetValue(taker, out var known) ? known : 1,
            StringComparer.Ordinal);
        return weights.Values.Any(weight => weight > 0) ? weights : throw new MoveException($"No store is online that could take the users of {store}. Nothing was changed.");
    }
}
