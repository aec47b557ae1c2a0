using System.CommandLine;
using MailProxy.Moving.Many;

namespace MailProxy.Commands;

/// <summary><c>mailproxy slots rebalance</c>: gives each store its share of the slots, and moves whoever lives in those that change hands. docs/moving-users.md.</summary>
internal static class SlotsRebalanceCommand
{
    public static Command Create()
    {
        var add = ManyArguments.Stores("--add", "Stores that have no slots yet and are to have some, by commas.");
        var weights = ManyArguments.Weights("Weights by store, STORE=WEIGHT by commas; 0 takes all slots away. They are kept in the table. Default: what is kept there, or 1.");
        var arguments = new ManyArguments();
        var command = new Command("rebalance", "Even out the slots by weight, moving as few as possible, and their users with them. May be interrupted at any time.") { add, weights };
        arguments.AddTo(command);
        command.SetAction((parsed, _) => ManyRunner.RunAsync(arguments, parsed, (context, request, report, enough, stop) =>
            new SlotRebalance(
                context, new SlotWish(ManyArguments.WeightsOf(parsed.GetValue(weights)), ManyArguments.Split(parsed.GetValue(add)), null), request, report).RunAsync(enough, stop)));
        return command;
    }
}
