using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Plans;
using MailProxy.Routing.Slots;

namespace MailProxy.Moving.Many;

/// <summary>
/// <c>mailproxy slots rebalance</c> and <c>slots assign</c>: gives slots to other stores and moves whoever lives in them. Of users who live somewhere by a pin,
/// the directory or their domain nobody moves.
/// </summary>
internal sealed class SlotRebalance(ManyContext context, SlotWish wish, ManyRequest request, ManyReport report)
{
    /// <summary>Does what was asked for; the exit code.</summary>
    /// <param name="enough">Finish what is under way, begin nothing more.</param>
    /// <param name="stop">Leave everything where it is.</param>
    /// <exception cref="MoveException">It cannot be done: the text says what to do.</exception>
    public async Task<int> RunAsync(CancellationToken enough, CancellationToken stop)
    {
        await context.StartAsync(stop);
        var standing = await context.Routes.Plans.FindAsync(PlanRecord.Rebalance, stop);
        using var run = new ManyRun(context, request, report);
        var halfway = await HalfwayAsync(run, stop);
        if (request.Kind == ManyRequestKind.Status)
        {
            Status(standing, halfway);
            return 0;
        }

        if (request.Kind == ManyRequestKind.Resume && standing is null && halfway.Count == 0)
        {
            throw new MoveException("No rebalance stands (mailproxy/plans/rebalance): leave --resume out to begin.");
        }

        var (table, index) = await context.Routes.Slots.ReadAsync(stop);
        table ??= await wish.FirstTableAsync(context, index, request.Kind == ManyRequestKind.DryRun, stop);
        var goal = wish.Goal(context, table, standing?.Plan.Weights);
        var givers = goal.Moves.Select(move => move.From).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        foreach (var store in givers.Concat(goal.Moves.Select(move => move.To).Distinct(StringComparer.Ordinal)))
        {
            context.RequireStore(store);
        }

        var slots = goal.Moves.Select(move => move.Slot).ToHashSet();
        var concerned = new List<Resident>();
        foreach (var giver in givers)
        {
            concerned.AddRange((await run.Residents.ReadAsync(giver, withSizes: true, stop))
                .Where(resident => resident.Decision.Reason == RouteReason.Slot && slots.Contains(SlotHash.SlotOf(resident.User, table.Count))));
        }

        var targets = goal.Moves.ToDictionary(move => move.Slot, move => move.To);
        var users = concerned.Where(resident => resident.Problem is null).Select(
            resident => new Relocation(resident.User, resident.Store, targets[SlotHash.SlotOf(resident.User, table.Count)]) { Messages = resident.Messages, Octets = resident.Octets }).ToList();
        PlanView.Tell(
            report,
            $"{goal.Moves.Count} of {table.Count} slots are to change hands{(halfway.Count > 0 ? $"; {halfway.Count} users wait for their move since an earlier run" : "")}.",
            goal.Moves, [.. users, .. halfway], [.. concerned.Where(resident => resident.Problem is not null)], request);
        if (request.Kind == ManyRequestKind.DryRun)
        {
            return 0;
        }

        var record = new PlanRecord(PlanRecord.Rebalance, context.Time.GetUtcNow(), ManyContext.Operator) { Weights = goal.Weights ?? new Dictionary<string, int>(), Users = users.Count + halfway.Count };
        await using var handle = await run.TakeAsync(record, stop);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, handle.Lost);
        report.Expect(users.Count + halfway.Count, users.Sum(user => user.Octets));
        await run.MoveAsync(halfway, enough, either.Token);
        await run.ShiftAsync(goal.Moves, table.Count, goal.Weights, concerned, enough, either.Token);
        await run.RetryAsync(enough, either.Token);
        await KeepWeightsAsync(goal.Weights, enough, either.Token);
        return await EndAsync(run, givers, slots, table.Count, handle.ForgetAsync, enough, either.Token);
    }

    // Where no slot had to move they are in no table yet.
    private async Task KeepWeightsAsync(IReadOnlyDictionary<string, int>? weights, CancellationToken enough, CancellationToken stop)
    {
        var (table, index) = await context.Routes.Slots.ReadAsync(stop);
        if (weights is not null && table is not null && !enough.IsCancellationRequested
            && weights.Keys.Union(table.Weights.Keys).Any(store => weights.GetValueOrDefault(store, 1) != table.Weights.GetValueOrDefault(store, 1)))
        {
            await context.Routes.Slots.WriteAsync(table.With([], weights), index, stop);
        }
    }

    // Pins of an earlier run that wait, and moves that stand.
    private async Task<IReadOnlyList<Relocation>> HalfwayAsync(ManyRun run, CancellationToken stop)
    {
        var standing = await run.StandingAsync(move => move.Planned, stop);
        var users = standing.Select(one => one.User).ToHashSet(StringComparer.Ordinal);
        var waiting = (await context.Routes.Pins.ListAsync(stop)).Where(pin => pin.Value.IsPlanned && !users.Contains(pin.Key))
            .Select(pin => new Relocation(pin.Key, pin.Value.Pin.Store, pin.Value.Pin.Moving!) { IsBySlot = true });
        return [.. standing, .. waiting];
    }

    private async Task<int> EndAsync(
        ManyRun run, IReadOnlyList<string> givers, HashSet<int> slots, int count, Func<CancellationToken, Task> forget, CancellationToken enough, CancellationToken stop)
    {
        var failed = run.Queue.Failed.Select(one => (one.One.User, one.Reason)).ToList();
        var seen = failed.Select(one => one.User).ToHashSet(StringComparer.Ordinal);
        foreach (var giver in run.Residents.AsksStores && !enough.IsCancellationRequested ? givers : [])
        {
            // The last look: whoever is there and should not be is told, whatever brought it about.
            failed.AddRange((await run.Residents.ReadAsync(giver, withSizes: false, stop))
                .Where(resident => resident.Problem is not null && slots.Contains(SlotHash.SlotOf(resident.User, count)) && seen.Add(resident.User))
                .Select(resident => (resident.User, $"at {giver}: {resident.Problem}")));
        }

        var isDone = failed.Count == 0 && !enough.IsCancellationRequested;
        if (isDone)
        {
            await forget(stop);
        }

        string[] remarks =
        [
            enough.IsCancellationRequested ? "Interrupted: nobody is lost, whoever was not moved is served where they were. Go on with 'mailproxy slots rebalance --resume'."
                : isDone ? "Every slot is where it was wanted, and everybody in it."
                : "Those who are listed above are served where they were. Put right what stands there and repeat with --resume.",
        ];
        report.End(isDone, failed, remarks);
        return isDone ? 0 : 1;
    }

    private void Status(PlanListing? standing, IReadOnlyList<Relocation> halfway) => report.Tell(
        standing is { Plan: var plan }
            ? $"Slots are being evened out by {plan.Operator} since {plan.Started:yyyy-MM-dd HH:mm:ss} UTC, {(standing.IsDriven ? "whose command runs" : "whose command does not run any more: --resume")}; "
                + $"{halfway.Count} users wait for their move."
            : $"No rebalance stands; {halfway.Count} users wait for their move.",
        new { rebalancing = standing is not null, running = standing?.IsDriven, standing?.Plan.Operator, started = standing?.Plan.Started, waiting = halfway.Count });
}
