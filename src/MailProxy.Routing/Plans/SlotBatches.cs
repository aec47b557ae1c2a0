using MailProxy.Routing.Slots;

namespace MailProxy.Routing.Plans;

/// <summary>Cuts the change of many slots into pieces of so many users: pins are for exceptions, and no more than a piece of them stand at a time. Pure.</summary>
public static class SlotBatches
{
    /// <summary>In the given order; a slot is never cut, so one with more users makes a piece of its own.</summary>
    public static IEnumerable<IReadOnlyList<SlotMove>> Of(IReadOnlyList<SlotMove> moves, Func<int, int> usersOf, int mostUsers)
    {
        var batch = new List<SlotMove>();
        var users = 0;
        foreach (var move in moves)
        {
            var more = usersOf(move.Slot);
            if (batch.Count > 0 && users + more > mostUsers)
            {
                yield return batch;
                (batch, users) = ([], 0);
            }

            batch.Add(move);
            users += more;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
