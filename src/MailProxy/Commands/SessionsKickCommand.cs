using System.CommandLine;
using MailProxy.Cluster;

namespace MailProxy.Commands;

/// <summary>
/// <c>mailproxy sessions kick USER</c> or <c>--id ID</c>: ends sessions at every proxy, with a goodbye at the next boundary or cut after Limits:Goodbye. Nobody
/// is kept from logging in again. 1: some proxy did not answer, or there was no such session.
/// </summary>
internal static class SessionsKickCommand
{
    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var user = new Argument<string?>("USER") { Description = "All sessions of this user; the canonical name.", Arity = ArgumentArity.ZeroOrOne };
        var id = new Option<string?>("--id") { Description = "This session, as mailproxy sessions and the logs call it." };
        var json = OperatorCommand.JsonOption();
        var command = new Command("kick", "End a user's sessions, or one, with a goodbye. They may log in again at once.") { user, id, json };
        arguments.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(user) is null == result.GetValue(id) is null)
            {
                result.AddError("Name a user, or a session by --id, one of them.");
            }
        });
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed),
            arguments.Overrides(parsed),
            (nodes, token) => KickAsync(nodes, parsed.GetValue(user)?.ToLowerInvariant(), parsed.GetValue(id), parsed.GetValue(json), token),
            stop));
        return command;
    }

    private static async Task<int> KickAsync(ProxyNodes nodes, string? user, string? id, bool isJson, CancellationToken stop)
    {
        var answers = await nodes.AskAsync(null, (client, at, token) => client.KickAsync(at, user, id, token), stop);
        if (answers.Count == 0)
        {
            return await OperatorCommand.NobodyAsync(null);
        }

        var kicked = answers.Sum(answer => answer.Value?.Sessions ?? 0);
        if (isJson)
        {
            OperatorCommand.WriteJson(new
            {
                kicked,
                nodes = answers.Select(answer => new { node = answer.Proxy.Node, kicked = answer.Value?.Sessions, problem = answer.Problem }),
            });
        }
        else
        {
            Console.WriteLine(kicked == 0 ? $"{user ?? id} has no session." : $"{kicked} {(kicked == 1 ? "session" : "sessions")} of {user ?? id} asked to end.");
        }

        // Of a user without sessions there is nothing to end, which is what was wanted; a session's id was perhaps mistyped.
        var exit = await OperatorCommand.TellUnansweredAsync(answers);
        return id is not null && kicked == 0 ? 1 : exit;
    }
}
