using MailProxy.Routing.Consul.Plans;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Plans;
using MailProxy.Routing.Slots;

namespace MailProxy.Moving.Many;

/// <summary>The steps that emptying a store and evening out slots have in common.</summary>
internal sealed class ManyRun : IDisposable
{
    /// <summary>Users of the slots that change hands at once: so many pins stand at a time, and the old stores list their users once for each.</summary>
    private const int BatchUsers = 500;

    private readonly ManyContext _context;
    private readonly ManyReport _report;
    private readonly SlotShift _shift;
    private readonly PinTidying _tidying;

    public ManyRun(ManyContext context, ManyRequest request, ManyReport report)
    {
        (_context, _report) = (context, report);
        Residents = new ResidentList(context, request.Users);
        Queue = new RelocationQueue(new SingleRelocation(context, request, report.Commentary), request, report, Residents.MaxPullsAsync, context.Time);
        _shift = new SlotShift(context, Residents);
        _tidying = new PinTidying(context);
    }

    /// <summary>Who lives where.</summary>
    public ResidentList Residents { get; }

    /// <summary>The moves.</summary>
    public RelocationQueue Queue { get; }

    /// <summary>Takes the plan; nobody else moves many users meanwhile.</summary>
    public async Task<PlanHandle> TakeAsync(PlanRecord plan, CancellationToken stop)
    {
        var other = (await _context.Routes.Plans.ListAsync(stop)).FirstOrDefault(listing => listing.IsDriven && listing.Plan.Id != plan.Id);
        return other is null
            ? await _context.Routes.Plans.TakeAsync(plan, driver => _report.Say($"The command of {driver} holds {plan.Id}; waiting for its session to end."), stop)
            : throw new MoveException(
                $"{other.Plan.Operator} is moving many users already ({other.Plan.Id}, since {other.Plan.Started:yyyy-MM-dd HH:mm:ss} UTC): let that finish first. Two at once would undo each other's plans.");
    }

    /// <summary>Moves that a command left where they were.</summary>
    public async Task<IReadOnlyList<Relocation>> StandingAsync(Func<MoveRecord, bool> isOurs, CancellationToken stop) =>
    [
        .. (await _context.Moves.ListAsync(stop)).Where(listing => isOurs(listing.Move)).Select(
            listing => new Relocation(listing.Move.User, listing.Move.From, listing.Move.To) { Standing = listing.Move.Id, IsBySlot = listing.Move.Planned }),
    ];

    /// <summary>Moves these and tidies up behind them.</summary>
    public async Task MoveAsync(IReadOnlyCollection<Relocation> work, CancellationToken enough, CancellationToken stop)
    {
        if (work.Count > 0 && !enough.IsCancellationRequested)
        {
            await Queue.RunAsync(work, enough, stop);
            await _tidying.TidyAsync(Queue.Done, stop);
        }
    }

    /// <summary>Shifts slots piece by piece, each time moving whoever lives in them.</summary>
    public async Task ShiftAsync(
        IReadOnlyList<SlotMove> moves, int slots, IReadOnlyDictionary<string, int>? weights, IReadOnlyCollection<Resident> known, CancellationToken enough, CancellationToken stop)
    {
        var bySlot = known.GroupBy(resident => SlotHash.SlotOf(resident.User, slots)).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var batch in SlotBatches.Of(moves, slot => bySlot.GetValueOrDefault(slot)?.Count ?? 0, BatchUsers))
        {
            if (enough.IsCancellationRequested)
            {
                return;
            }

            var there = batch.SelectMany(move => bySlot.GetValueOrDefault(move.Slot) ?? []).ToList();
            var turns = await _shift.ShiftAsync(batch, weights, there, stop);
            _report.Say($"           {batch.Count} slots have changed hands; {turns.Count} users follow");
            var expected = there.Select(resident => resident.User).ToHashSet(StringComparer.Ordinal);
            var late = turns.Where(turn => !expected.Contains(turn.User)).ToList();
            _report.Expect(late.Count, 0);
            await MoveAsync(turns, enough, stop);
        }
    }

    /// <summary>Those who failed once more.</summary>
    public async Task RetryAsync(CancellationToken enough, CancellationToken stop)
    {
        await Queue.RetryAsync(enough, stop);
        await _tidying.TidyAsync(Queue.Done, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => Queue.Dispose();
}
