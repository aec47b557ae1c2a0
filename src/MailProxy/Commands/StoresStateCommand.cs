using System.CommandLine;
using MailProxy.Cluster;

namespace MailProxy.Commands;

/// <summary><c>mailproxy stores online ID</c> and <c>offline ID</c>: writes <c>mailproxy/stores/ID</c>, which every proxy follows within a second.</summary>
internal static class StoresStateCommand
{
    /// <param name="word">What is written.</param>
    /// <param name="description">What that does.</param>
    public static Command Create(string word, string description)
    {
        var arguments = ConfigArguments.OfOperator();
        var id = new Argument<string>("ID") { Description = "The store's id." };
        var json = OperatorCommand.JsonOption();
        var command = new Command(word, description) { id, json };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed), arguments.Overrides(parsed), (nodes, token) => SetAsync(nodes, parsed.GetRequiredValue(id), word, parsed.GetValue(json), token), stop));
        return command;
    }

    private static async Task<int> SetAsync(ProxyNodes nodes, string id, string word, bool isJson, CancellationToken stop)
    {
        if (nodes.Desk is not { } desk)
        {
            return await StoresCommand.NoConsulAsync();
        }

        // A mistyped id would be a key that nobody ever looks at, while the store goes on.
        var stores = await desk.StoresAsync(stop);
        if (!stores.Any(store => store.Id == id))
        {
            return await OperatorCommand.RefuseAsync($"Consul knows no store '{id}'. Known: {string.Join(", ", stores.Select(store => store.Id))}.");
        }

        await desk.SetStoreStateAsync(id, word, stop);
        if (isJson)
        {
            OperatorCommand.WriteJson(new { id, state = word });
        }
        else
        {
            Console.WriteLine($"{id} is set {word}.");
        }

        return 0;
    }
}
