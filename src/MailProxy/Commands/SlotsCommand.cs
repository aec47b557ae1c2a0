using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MailProxy.Configuration;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Plans;
using MailProxy.Routing.Moves;
using MailProxy.Routing.Slots;

namespace MailProxy.Commands;

/// <summary><c>mailproxy slots</c>: shows the slot table; below it what changes it.</summary>
internal static class SlotsCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var json = new Option<bool>("--json") { Description = "JSON instead of text." };
        var command = new Command("slots", "Show which store has which slots, or change it.") { SlotsRebalanceCommand.Create(), SlotsAssignCommand.Create(), json };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => ShowAsync(arguments.File(parsed), arguments.Overrides(parsed), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> ShowAsync(string file, IReadOnlyList<string> overrides, bool isJson, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            using var routes = new RouteLedgers(ConfigurationLoader.Load<ProxyConfig>(file, overrides).Consul, TimeProvider.System);
            var (table, _) = await routes.Slots.ReadAsync(patience.Token);
            Console.WriteLine(isJson ? Json(table) : Text(table));
            return 0;
        }
        catch (Exception exception) when (exception is InvalidConfigurationException or ConsulException or MoveException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(exception is OperationCanceledException ? $"Consul gave no answer within {Patience.TotalSeconds:0} s." : exception.Message);
            return 1;
        }
    }

    private static string Text(SlotTable? table)
    {
        if (table is null)
        {
            return "There is no slot table: users live by pins, by their home in the directory or by their domain. Make one with 'mailproxy slots rebalance --add STORE,STORE'.";
        }

        var counts = table.Counts();
        var lines = counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => string.Create(
            CultureInfo.InvariantCulture,
            $"  {count.Key,-20} {count.Value,6} slots  {100.0 * count.Value / table.Count,5:0.0} %  weight {table.Weights.GetValueOrDefault(count.Key, 1)}  {Ranges(table, count.Key)}"));
        var nobody = table.Count - counts.Values.Sum();
        return string.Join('\n', [$"{table.Count} slots, epoch {table.Epoch}", .. lines, .. nobody > 0 ? [$"  {nobody} slots belong to no store: their users have no route"] : Array.Empty<string>()]);
    }

    private static string Json(SlotTable? table)
    {
        var stores = table?.Counts().OrderBy(count => count.Key, StringComparer.Ordinal)
            .Select(count => new { store = count.Key, slots = count.Value, share = (double)count.Value / table.Count, weight = table.Weights.GetValueOrDefault(count.Key, 1), ranges = Ranges(table, count.Key) });
        return JsonSerializer.Serialize(new { count = table?.Count ?? 0, epoch = table?.Epoch ?? 0, stores });
    }

    private static string Ranges(SlotTable table, string store) =>
        string.Join(", ", table.Ranges().Where(range => range.Store == store).Select(range => range.From == range.To ? $"{range.From}" : $"{range.From}-{range.To}"));
}
