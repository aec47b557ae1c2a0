using System.CommandLine;
using MailProxy.Moving.Many;

namespace MailProxy.Commands;

/// <summary><c>mailproxy stores drain STORE</c>: moves every user away from a store. docs/moving-users.md.</summary>
internal static class StoresDrainCommand
{
    public static Command Create()
    {
        var store = new Argument<string>("STORE") { Description = "The store to empty." };
        var to = ManyArguments.Stores("--to", "The stores that take, by commas. Default: every store that is online.");
        var weights = ManyArguments.Weights("How much each of them takes, STORE=WEIGHT by commas. Default: as the slot table says, or 1.");
        var arguments = new ManyArguments();
        var command = new Command("drain", "Move every user away from a store, whatever they are doing. May be interrupted at any time; a second run goes on.") { store, to, weights };
        arguments.AddTo(command);
        command.SetAction((parsed, _) => ManyRunner.RunAsync(arguments, parsed, (context, request, report, enough, stop) =>
            new StoreDrain(
                context,
                parsed.GetRequiredValue(store),
                request with { To = ManyArguments.Split(parsed.GetValue(to)), Weights = ManyArguments.WeightsOf(parsed.GetValue(weights)) },
                report).RunAsync(enough, stop)));
        return command;
    }
}
