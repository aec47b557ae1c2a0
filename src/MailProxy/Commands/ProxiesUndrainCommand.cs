using System.CommandLine;

namespace MailProxy.Commands;

/// <summary><c>mailproxy proxies undrain NODE</c>: its listeners open again, and it is ready again. 1: it did not answer, or cannot listen.</summary>
internal static class ProxiesUndrainCommand
{
    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var node = new Argument<string>("NODE") { Description = "The proxy's name." };
        var json = OperatorCommand.JsonOption();
        var command = new Command("undrain", "Put a drained proxy back into service.") { node, json };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed),
            arguments.Overrides(parsed),
            async (nodes, token) =>
            {
                var name = parsed.GetRequiredValue(node);
                var answers = await nodes.AskAsync(name, (client, at, asked) => client.UndrainAsync(at, asked), token);
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
                    Console.WriteLine($"{name} {told.State}, {ProxiesCommand.Readiness(told)}.");
                }

                return 0;
            },
            stop));
        return command;
    }
}
