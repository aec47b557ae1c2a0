using System.CommandLine;
using System.Globalization;
using MailProxy.Cluster;
using MailProxy.Http.Admin;

namespace MailProxy.Commands;

/// <summary><c>mailproxy proxies ...</c>: the live proxies, and what is done with one. 1: some proxy did not answer.</summary>
internal static class ProxiesCommand
{
    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var json = OperatorCommand.JsonOption();
        var command = new Command("proxies", "List the live proxies, drain one, or make one read its configuration again.")
        {
            json,
            ProxiesDrainCommand.Create(),
            ProxiesUndrainCommand.Create(),
            ProxiesReloadCommand.Create(),
        };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed), arguments.Overrides(parsed), (nodes, token) => ListAsync(nodes, parsed.GetValue(json), token), stop));
        return command;
    }

    /// <summary>What keeps a node from being ready, in a phrase; or "ready".</summary>
    public static string Readiness(AdminNode node) =>
        node.IsReady ? "ready" : string.Join("; ", node.Checks.Where(check => check.Problem is not null).Select(check => $"{check.Name}: {check.Problem}"));

    private static async Task<int> ListAsync(ProxyNodes nodes, bool isJson, CancellationToken stop)
    {
        var answers = await nodes.AskAsync(null, (client, at, token) => client.NodeAsync(at, token), stop);
        if (answers.Count == 0)
        {
            return await OperatorCommand.NobodyAsync(null);
        }

        if (isJson)
        {
            OperatorCommand.WriteJson(answers.Select(answer => new { listed = answer.Proxy, node = answer.Value, problem = answer.Problem }));
        }
        else
        {
            WriteText(answers);
        }

        return await OperatorCommand.TellUnansweredAsync(answers);
    }

    private static void WriteText(IReadOnlyList<NodeAnswer<AdminNode>> answers)
    {
        var table = new TextTable("NODE", "VERSION", "STARTED", "APPLIED", "SESSIONS", "SPLICED", "STATE", "READINESS");
        foreach (var (proxy, node, _) in answers)
        {
            table.Add(
                proxy.Node,
                node?.Version ?? proxy.Version,
                proxy.Started?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                proxy.Applied.ToString(CultureInfo.InvariantCulture),
                node?.Sessions.ToString(CultureInfo.InvariantCulture),
                node?.Spliced.ToString(CultureInfo.InvariantCulture),
                node?.State ?? "no answer",
                node is null ? null : Readiness(node));
        }

        Console.WriteLine(table);
    }
}
