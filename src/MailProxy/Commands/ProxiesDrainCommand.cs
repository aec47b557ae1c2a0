using System.CommandLine;
using System.Globalization;
using MailProxy.Cluster;
using MailProxy.Http.Admin;

namespace MailProxy.Commands;

/// <summary>
/// <c>mailproxy proxies drain NODE</c>: not ready first, then no new sessions, then goodbyes evenly until the deadline. Follows it to its end; interrupted,
/// the node goes on by itself. 0: no session is left.
/// </summary>
internal static class ProxiesDrainCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var node = OneNodeCommand.NodeArgument();
        var deadline = new Option<int?>("--deadline") { Description = "Seconds until the last session is ended; without it what the node's Drain:Deadline says." };
        var detach = new Option<bool>("--detach") { Description = "Do not wait for the end." };
        var json = OperatorCommand.JsonOption();
        deadline.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens is [var token] ? token.Value : "1", out var seconds) && seconds is < 1 or > AdminLimits.MostDrainSeconds)
            {
                result.AddError($"--deadline takes 1 to {AdminLimits.MostDrainSeconds} seconds.");
            }
        });
        var command = new Command("drain", "Take a proxy out of service: readiness first, then listeners, then goodbyes until the deadline. It goes on running.") { node, deadline, detach, json };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed),
            arguments.Overrides(parsed),
            (nodes, token) => DrainAsync(nodes, parsed.GetRequiredValue(node), parsed.GetValue(deadline), parsed.GetValue(detach), parsed.GetValue(json), token),
            stop));
        return command;
    }

    private static async Task<int> DrainAsync(ProxyNodes nodes, string name, int? deadline, bool isDetached, bool isJson, CancellationToken stop)
    {
        var answers = await nodes.AskAsync(name, (client, at, token) => client.DrainAsync(at, deadline, token), stop);
        if (answers is not [var answer])
        {
            return await OperatorCommand.NobodyAsync(name);
        }

        using var timer = new PeriodicTimer(Look);
        while (true)
        {
            if (answer.Value is not { } node)
            {
                return await OperatorCommand.RefuseAsync($"{name}: {answer.Problem}");
            }

            Write(node, isJson);
            if (isDetached || node.State == "drained")
            {
                return 0;
            }

            if (node.State is "serving")
            {
                return await OperatorCommand.RefuseAsync($"{name} serves again: somebody has ended the drain.");
            }

            try
            {
                await timer.WaitForNextTickAsync(stop);
                answer = (await nodes.AskAsync(name, (client, at, token) => client.NodeAsync(at, token), stop)) is [var next]
                    ? next
                    : answer with { Value = null, Problem = "it is not listed any more: it has stopped" };
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return await OperatorCommand.RefuseAsync($"Interrupted. {name} goes on draining; mailproxy proxies undrain {name} ends that.");
            }
        }
    }

    private static void Write(AdminNode node, bool isJson)
    {
        if (isJson)
        {
            OperatorCommand.WriteJson(node);
            return;
        }

        var left = node.SecondsLeft is { } seconds ? string.Create(CultureInfo.InvariantCulture, $", at most {seconds:0} s more") : "";
        Console.WriteLine($"{node.Name} {node.State}: {node.Sessions} sessions{left}");
    }
}
