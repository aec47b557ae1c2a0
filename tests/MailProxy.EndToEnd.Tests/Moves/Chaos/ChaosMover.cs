using System.Globalization;
using MailProxy.Moving;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>An operator who moves one user after the other, is interrupted, dies, goes on with what others left, and meets others at the same user.</summary>
internal sealed class ChaosMover(ChaosOperator operators, IReadOnlyList<ChaosUser> users, ChaosDice dice, ChaosJournal journal)
{
    /// <summary>So many moves in all, shared with other movers by the counter.</summary>
    public async Task RunAsync(Func<bool> mayBegin, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && mayBegin())
        {
            var user = dice.Of(users);
            var to = OtherThan(user.Home);
            journal.Count("moves begun");
            var outcome = dice.Next(100) switch
            {
                < 6 => await TogetherAsync(user, to),
                < 14 => await operators.RunProcessAsync(user, to, MoveRequestKind.Begin, dice.Percent(60) ? 400 + dice.Next(2_000) : null),
                < 24 => await operators.RunAsync(user, to, MoveRequestKind.Begin, 20 + dice.Next(600)),
                _ => await operators.RunAsync(user, to, MoveRequestKind.Begin, null),
            };
            if (outcome == ChaosOutcome.Open)
            {
                await GoOnAsync(user);
            }
            else if (outcome == ChaosOutcome.Moved && dice.Percent(10))
            {
                journal.Count("moves begun");
                await operators.RunAsync(user, OtherThan(user.Home), MoveRequestKind.Begin, null);
            }
        }
    }

    // Two operators, one user, two stores.
    private async Task<ChaosOutcome> TogetherAsync(ChaosUser user, string to)
    {
        var both = await Task.WhenAll(
            operators.RunAsync(user, to, MoveRequestKind.Begin, null),
            operators.RunAsync(user, OtherThan(to), MoveRequestKind.Begin, null));
        return both.Contains(ChaosOutcome.Open) ? ChaosOutcome.Open : both[0];
    }

    // Somebody goes on, takes back, or leaves it as it is for a while.
    private async Task GoOnAsync(ChaosUser user)
    {
        var choice = dice.Next(100);
        if (choice < 90)
        {
            await operators.RunAsync(user, null, choice < 60 ? MoveRequestKind.Resume : MoveRequestKind.Abort, dice.Percent(15) ? dice.Next(600) : null);
        }
    }

    private string OtherThan(string store)
    {
        while (true)
        {
            var other = string.Create(CultureInfo.InvariantCulture, $"store-{1 + dice.Next(ChaosCluster.Size)}");
            if (other != store)
            {
                return other;
            }
        }
    }
}
