using System.Globalization;
using MailProxy.Routing.Slots;

namespace MailProxy.Moving.Many;

/// <summary>A plan as the operator reads it before it begins.</summary>
internal static class PlanView
{
    // Who cannot be moved: the screen shows some, JSON all.
    private const int RefusedLines = 20;

    /// <summary>Tells it.</summary>
    /// <param name="report">Whom.</param>
    /// <param name="title">What is planned, as a sentence.</param>
    /// <param name="slots">Which slots change hands.</param>
    /// <param name="users">Who moves.</param>
    /// <param name="refused">Who cannot.</param>
    /// <param name="request">For the estimate.</param>
    public static void Tell(
        ManyReport report, string title, IReadOnlyList<SlotMove> slots, IReadOnlyCollection<Relocation> users, IReadOnlyCollection<Resident> refused, ManyRequest request)
    {
        var stores = slots.Select(move => move.To).Concat(users.Select(user => user.To)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(store => (Store: store, Slots: slots.Where(move => move.To == store).ToList(), Users: users.Where(user => user.To == store).ToList())).ToList();
        var least = request.Rate > 0 ? TimeSpan.FromMinutes((double)users.Count / request.Rate) : (TimeSpan?)null;
        var lines = new List<string>
        {
            title,
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {users.Count} users, {users.Sum(user => user.Messages)} messages, {ManyReport.Size(users.Sum(user => user.Octets))} move{(least is { } span ? $"; at {request.Rate} a minute that takes {ManyReport.Span(span)} at least" : "; the first moves tell how long it takes")}"),
        };
        lines.AddRange(stores.Select(store => string.Create(
            CultureInfo.InvariantCulture,
            $"  to {store.Store}: {store.Users.Count} users, {ManyReport.Size(store.Users.Sum(user => user.Octets))}; {store.Slots.Count} slots{(store.Slots.Count > 0 ? $" ({Ranges(store.Slots)})" : "")}")));
        lines.AddRange(refused.Take(RefusedLines).Select(one => $"  cannot be moved: {one.User}: {one.Problem}"));
        if (refused.Count > RefusedLines)
        {
            lines.Add($"  and {refused.Count - RefusedLines} more, whom --json lists");
        }

        report.Tell(string.Join('\n', lines), new
        {
            plan = title,
            users = users.Count,
            messages = users.Sum(user => user.Messages),
            octets = users.Sum(user => user.Octets),
            slots = slots.Count,
            secondsAtLeast = least?.TotalSeconds,
            targets = stores.Select(store => new
            {
                store = store.Store, users = store.Users.Count, octets = store.Users.Sum(user => user.Octets), slots = store.Slots.Count, ranges = Ranges(store.Slots),
            }),
            refused = refused.Select(one => new { user = one.User, reason = one.Problem }),
        });
    }

    /// <summary>Slots as <c>0-99, 200</c>.</summary>
    public static string Ranges(IEnumerable<SlotMove> moves)
    {
        var runs = new List<(int From, int To)>();
        foreach (var slot in moves.Select(move => move.Slot).Order())
        {
            if (runs.Count > 0 && runs[^1].To == slot - 1)
            {
                runs[^1] = (runs[^1].From, slot);
            }
            else
            {
                runs.Add((slot, slot));
            }
        }

        return string.Join(", ", runs.Select(run => run.From == run.To ? $"{run.From}" : $"{run.From}-{run.To}"));
    }
}
