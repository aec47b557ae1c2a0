using System.CommandLine;
using System.Globalization;
using MailProxy.Moving.Many;
using MailProxy.Routing.Catalog;

namespace MailProxy.Commands;

/// <summary><c>mailproxy slots assign FROM-TO STORE</c>: gives one range of slots to a store, and moves whoever lives in it.</summary>
internal static class SlotsAssignCommand
{
    public static Command Create()
    {
        var range = new Argument<string>("FROM-TO") { Description = "A range of slots, both ends included, or one slot." };
        var store = new Argument<string>("STORE") { Description = "The store that is to have them." };
        var arguments = new ManyArguments();
        var command = new Command("assign", "Give a range of slots to a store, and move their users with them.") { range, store };
        arguments.AddTo(command);
        range.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && TryRange(token.Value) is null)
            {
                result.AddError($"'{token.Value}' is no range of slots: write 0-99 or 7.");
            }
        });
        store.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && StoreId.Problem(token.Value) is { } problem)
            {
                result.AddError($"STORE: {problem}.");
            }
        });
        command.SetAction((parsed, _) => ManyRunner.RunAsync(arguments, parsed, (context, request, report, enough, stop) =>
        {
            var (from, to) = TryRange(parsed.GetRequiredValue(range))!.Value;
            var wish = new SlotWish(new Dictionary<string, int>(), [], (from, to, parsed.GetRequiredValue(store)));
            return new SlotRebalance(context, wish, request, report).RunAsync(enough, stop);
        }));
        return command;
    }

    private static (int From, int To)? TryRange(string text)
    {
        int? Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return text.Split('-') switch
        {
            [var one] when Number(one) is { } slot => (slot, slot),
            [var first, var last] when Number(first) is { } from && Number(last) is { } to && from <= to => (from, to),
            _ => null,
        };
    }
}
