using System.CommandLine;
using MailProxy.Http.Admin;

namespace MailProxy.Commands;

/// <summary><c>mailproxy proxies reload NODE</c>: reads the node's configuration again, as SIGHUP does. 1: it is bad, and nothing was changed.</summary>
internal static class ProxiesReloadCommand
{
    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var node = new Argument<string>("NODE") { Description = "The proxy's name." };
        var json = OperatorCommand.JsonOption();
        var command = new Command("reload", "Make a proxy read its configuration and certificates again; no session ends.") { node, json };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed),
            arguments.Overrides(parsed),
            async (nodes, token) =>
            {
                var name = parsed.GetRequiredValue(node);
                var answers = await nodes.AskAsync(name, (client, at, asked) => client.ReloadAsync(at, asked), token);
                if (answers is not [var answer])
                {
                    return await OperatorCommand.NobodyAsync(name);
                }

                if (answer.Value is not { } told)
                {
                    return await OperatorCommand.RefuseAsync($"{name}: {answer.Problem}");
                }

                if (parsed.GetValue(json))
                {
                    OperatorCommand.WriteJson(told);
                }
                else
                {
                    Console.WriteLine(Text(name, told));
                }

                return told.Errors.Count + told.Problems.Count == 0 ? 0 : 1;
            },
            stop));
        return command;
    }

    private static string Text(string name, AdminReload told)
    {
        if (told.Errors.Count > 0)
        {
            return $"{name} changed nothing, because its configuration is bad:\n  {string.Join("\n  ", told.Errors)}";
        }

        var lines = new List<string> { told.Applied.Count == 0 ? $"{name} read its files again; no setting has changed that can be applied." : $"{name} applied: {string.Join(", ", told.Applied)}." };
        if (told.NeedRestart.Count > 0)
        {
            lines.Add($"Changed too, and in force after a restart only: {string.Join(", ", told.NeedRestart)}.");
        }

        lines.AddRange(told.Problems.Select(problem => $"Not done: {problem}"));
        return string.Join('\n', lines);
    }
}
