using System.CommandLine;
using MailProxy.Http.Admin;

namespace MailProxy.Commands;

/// <summary>A command that asks one proxy to do something and tells its answer.</summary>
internal static class OneNodeCommand
{
    /// <summary>The proxy's name.</summary>
    public static Argument<string> NodeArgument() => new("NODE") { Description = "The proxy's name." };

    /// <summary>Makes it.</summary>
    /// <param name="name">The command's.</param>
    /// <param name="description">For its help.</param>
    /// <param name="ask">What is asked of the node.</param>
    /// <param name="textOf">The answer for people; takes the node's name.</param>
    /// <param name="isGood">Whether the exit code is 0; no answer is always 1.</param>
    public static Command Create<T>(
        string name, string description, Func<AdminClient, Uri, CancellationToken, Task<AdminAnswer<T>>> ask, Func<string, T, string> textOf, Func<T, bool> isGood)
        where T : class
    {
        var arguments = ConfigArguments.OfOperator();
        var node = NodeArgument();
        var json = OperatorCommand.JsonOption();
        var command = new Command(name, description) { node, json };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed),
            arguments.Overrides(parsed),
            async (nodes, token) =>
            {
                var asked = parsed.GetRequiredValue(node);
                var answers = await nodes.AskAsync(asked, ask, token);
                if (answers is not [var answer])
                {
                    return await OperatorCommand.NobodyAsync(asked);
                }

                if (answer.Value is not { } told)
                {
                    return await OperatorCommand.RefuseAsync($"{asked}: {answer.Problem}");
                }

                if (parsed.GetValue(json))
                {
                    OperatorCommand.WriteJson(told);
                }
                else
                {
                    Console.WriteLine(textOf(asked, told));
                }

                return isGood(told) ? 0 : 1;
            },
            stop));
        return command;
    }
}
