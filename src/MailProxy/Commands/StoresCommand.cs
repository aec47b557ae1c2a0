using System.CommandLine;
using System.Globalization;
using MailProxy.Cluster;
using MailProxy.Http.Admin;
using MailProxy.Routing.Consul.Operators;

namespace MailProxy.Commands;

/// <summary><c>mailproxy stores ...</c>: the stores as Consul knows them, with the sessions of all proxies. 1: some proxy did not answer.</summary>
internal static class StoresCommand
{
    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var json = OperatorCommand.JsonOption();
        var command = new Command("stores", "List the stores, or say what is to be done with one.")
        {
            json,
            StoresStateCommand.Create("online", "Let proxies use a store again, as far as its health allows."),
            StoresStateCommand.Create("offline", "Keep proxies from a store: its users get temporary failures at once, whatever its health says."),
            StoresDrainCommand.Create(),
        };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed), arguments.Overrides(parsed), (nodes, token) => ListAsync(nodes, parsed.GetValue(json), token), stop));
        return command;
    }

    /// <summary>Says that a configuration without Consul has no stores to tell of.</summary>
    public static Task<int> NoConsulAsync() => OperatorCommand.RefuseAsync("This configuration's Routing:Mode is static: its stores stand in the file, and there is no Consul to ask.");

    private static async Task<int> ListAsync(ProxyNodes nodes, bool isJson, CancellationToken stop)
    {
        if (nodes.Desk is not { } desk)
        {
            return await NoConsulAsync();
        }

        var asking = nodes.AskAsync(null, (client, at, token) => client.NodeAsync(at, token), stop);
        var stores = await desk.StoresAsync(stop);
        var answers = await asking;
        if (isJson)
        {
            OperatorCommand.WriteJson(new
            {
                stores = stores.Select(store => new
                {
                    store.Id, store.Address, Ports = store.Ports.ToDictionary(port => port.Key.ToString().ToLowerInvariant(), port => port.Value),
                    store.Health, store.Operator, store.Detail, Sessions = SessionsAt(store.Id, answers),
                }),
                unanswered = answers.Where(answer => answer.Problem is not null).Select(answer => new { node = answer.Proxy.Node, problem = answer.Problem }),
            });
        }
        else
        {
            WriteText(stores, answers);
        }

        return await OperatorCommand.TellUnansweredAsync(answers);
    }

    private static int SessionsAt(string store, IEnumerable<NodeAnswer<AdminNode>> answers) => answers.Sum(answer => answer.Value?.ByStore.GetValueOrDefault(store) ?? 0);

    private static void WriteText(IReadOnlyList<StoreListing> stores, IReadOnlyList<NodeAnswer<AdminNode>> answers)
    {
        var table = new TextTable("STORE", "ADDRESS", "PORTS", "HEALTH", "OPERATOR", "SESSIONS", "DETAIL");
        foreach (var store in stores)
        {
            table.Add(
                store.Id,
                store.Address,
                string.Join(' ', store.Ports.OrderBy(port => port.Key).Select(port => $"{port.Key.ToString().ToLowerInvariant()}:{port.Value.ToString(CultureInfo.InvariantCulture)}")),
                store.Health.ToString().ToLowerInvariant(),
                store.Operator?.ToString().ToLowerInvariant(),
                SessionsAt(store.Id, answers).ToString(CultureInfo.InvariantCulture),
                store.Detail);
        }

        Console.WriteLine(table);
    }
}
