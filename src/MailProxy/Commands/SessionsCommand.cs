using System.CommandLine;
using MailProxy.Cluster;
using MailProxy.Http.Admin;

namespace MailProxy.Commands;

/// <summary><c>mailproxy sessions [USER]</c>: what every proxy is doing right now. 1: some proxy did not answer, so the list is not complete.</summary>
internal static class SessionsCommand
{
    private const int MostSessions = 1_000_000;

    public static Command Create()
    {
        var arguments = ConfigArguments.OfOperator();
        var user = new Argument<string?>("USER") { Description = "Only this user's; the canonical name.", Arity = ArgumentArity.ZeroOrOne };
        var node = new Option<string?>("--node") { Description = "Ask this proxy only." };
        var limit = new Option<int>("--limit") { Description = "Sessions of each proxy at most.", DefaultValueFactory = _ => 100 };
        var json = OperatorCommand.JsonOption();
        limit.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens is [var token] ? token.Value : "1", out var number) && number is < 1 or > MostSessions)
            {
                result.AddError($"--limit takes a number from 1 to {MostSessions}.");
            }
        });
        var command = new Command("sessions", "List the sessions of all proxies, or end some.") { user, node, limit, json, SessionsKickCommand.Create() };
        arguments.AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommand.RunAsync(
            arguments.File(parsed),
            arguments.Overrides(parsed),
            (nodes, token) => ListAsync(nodes, parsed.GetValue(user)?.ToLowerInvariant(), parsed.GetValue(node), parsed.GetValue(limit), parsed.GetValue(json), token),
            stop));
        return command;
    }

    private static async Task<int> ListAsync(ProxyNodes nodes, string? user, string? node, int limit, bool isJson, CancellationToken stop)
    {
        var answers = await nodes.AskAsync(node, (client, at, token) => SessionSearch.ReadAsync(client, at, user, limit, token), stop);
        if (answers.Count == 0)
        {
            return await OperatorCommand.NobodyAsync(node);
        }

        if (isJson)
        {
            OperatorCommand.WriteJson(new
            {
                sessions = answers.Where(answer => answer.Value is not null).SelectMany(answer => answer.Value!.Sessions.Select(session => SessionLine.Of(answer.Proxy.Node, session))),
                total = answers.Sum(answer => answer.Value?.Total ?? 0),
                unanswered = answers.Where(answer => answer.Problem is not null).Select(answer => new { node = answer.Proxy.Node, problem = answer.Problem }),
            });
        }
        else
        {
            WriteText(answers);
        }

        return await OperatorCommand.TellUnansweredAsync(answers);
    }

    private static void WriteText(IReadOnlyList<NodeAnswer<AdminSessionPage>> answers)
    {
        var table = new TextTable("NODE", "SESSION", "PROTOCOL", "AGE", "PHASE", "IN", "OUT", "CLIENT", "USER", "STORE", "WHY", "TLS");
        var (shown, total) = (0, 0);
        foreach (var (proxy, page, _) in answers)
        {
            foreach (var session in page?.Sessions ?? [])
            {
                table.Add(
                    proxy.Node, session.Id, session.Protocol, TextTable.Age(session.Seconds), session.IsEnding ? session.Phase + ", ending" : session.Phase,
                    TextTable.Octets(session.BytesIn), TextTable.Octets(session.BytesOut), session.Client, session.User, session.Store, session.Why, session.Tls);
                shown++;
            }

            total += page?.Total ?? 0;
        }

        Console.WriteLine(table);
        Console.WriteLine(shown == total ? $"{total} sessions." : $"{shown} of {total} sessions: --limit shows more of them.");
    }
}
