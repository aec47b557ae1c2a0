using System.CommandLine;
using System.Runtime.InteropServices;
using MailProxy.Configuration;
using MailProxy.Moving;
using MailProxy.Routing;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Moves;
using MailProxy.Transport.Tls;

namespace MailProxy.Commands;

/// <summary><c>mailproxy user move USER STORE</c>: moves a user's mail and route to another store, safely. docs/moving-users.md.</summary>
internal static class UserMoveCommand
{
    private static readonly TimeSpan ExplainLimit = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var user = new Argument<string>("USER") { Description = "The canonical name, or an address." };
        var to = new Argument<string?>("STORE") { Description = "The store to move to.", Arity = ArgumentArity.ZeroOrOne };
        var arguments = ConfigArguments.OfOperator();
        var resume = new Option<bool>("--resume") { Description = "Go on with a move that was interrupted." };
        var abort = new Option<bool>("--abort") { Description = "Take a move back that was interrupted." };
        var status = new Option<bool>("--status") { Description = "Tell how a move stands." };
        var via = new Option<string?>("--via")
        {
            Description = "For stores that know no moves: a command that copies the mail, run with user, old and new store while the user is on hold. Again with --resume.",
        };
        var purge = new Option<bool>("--purge") { Description = "Delete what is left behind at the old store at the end." };
        var timeout = new Option<int>("--timeout") { Description = "Seconds that the user may wait on hold before the move is taken back by itself.", DefaultValueFactory = _ => 60 };
        var json = new Option<bool>("--json") { Description = "One JSON object a line instead of text." };
        timeout.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens is [var token] ? token.Value : "60", out var seconds) && seconds is < 1 or > 3600)
            {
                result.AddError("--timeout takes 1 to 3600 seconds.");
            }
        });
        var command = new Command("move", "Move a user to another store: hold, goodbye on every proxy, copy, flip the route, release. May be interrupted at any time.")
        {
            user, to, resume, abort, status, via, purge, timeout, json,
        };
        arguments.AddTo(command);
        command.Validators.Add(result =>
        {
            var kinds = new[] { resume, abort, status }.Count(option => result.GetValue(option));
            if (kinds > 1)
            {
                result.AddError("--resume, --abort and --status are one at a time.");
            }
            else if (kinds == 0 && result.GetValue(to) is null)
            {
                result.AddError("Name the store to move to, or say --resume, --abort or --status.");
            }
            else if (kinds == 1 && result.GetValue(to) is not null)
            {
                result.AddError("The move that stands says where to: leave STORE out.");
            }
        });
        command.SetAction((parsed, _) => RunAsync(
            arguments.File(parsed),
            arguments.Overrides(parsed),
            new MoveRequest(
                parsed.GetRequiredValue(user),
                parsed.GetValue(to),
                parsed.GetValue(resume) ? MoveRequestKind.Resume
                    : parsed.GetValue(abort) ? MoveRequestKind.Abort
                    : parsed.GetValue(status) ? MoveRequestKind.Status
                    : MoveRequestKind.Begin,
                parsed.GetValue(via),
                parsed.GetValue(purge),
                TimeSpan.FromSeconds(parsed.GetValue(timeout))),
            new MoveReport(Console.Out, parsed.GetValue(json))));
        return command;
    }

    private static async Task<int> RunAsync(string file, IReadOnlyList<string> overrides, MoveRequest request, MoveReport report)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            var config = ConfigurationLoader.Load<ProxyConfig>(file, overrides);
            if (config.Routing.Mode != RoutingMode.Consul)
            {
                report.Problem($"{file}: Routing:Mode is static, so nobody can be moved: routes come from Consul.");
                return 1;
            }

            await using var move = new UserMove(config, report, TimeProvider.System);
            return await RunAsync(move, request, report, stop.Token);
        }
        catch (Exception exception) when (exception is InvalidConfigurationException or CertificateFileException or ConsulException)
        {
            report.Problem(exception.Message);
            return 1;
        }

        void OnSignal(PosixSignalContext context)
        {
            // The second time the system's own handling ends the process at once; the move stands either way.
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static async Task<int> RunAsync(UserMove move, MoveRequest request, MoveReport report, CancellationToken stop)
    {
        string problem;
        try
        {
            return await move.RunAsync(request, stop);
        }
        catch (MoveException exception)
        {
            problem = exception.Message;
        }
        catch (OperationCanceledException)
        {
            problem = "Interrupted.";
        }

        report.Problem(problem);
        if (stop.IsCancellationRequested || request.Kind != MoveRequestKind.Begin)
        {
            await ExplainAsync(move, request.User, report);
        }

        return 1;
    }

    private static async Task ExplainAsync(UserMove move, string user, MoveReport report)
    {
        using var limit = new CancellationTokenSource(ExplainLimit);
        try
        {
            if (await move.ExplainAsync(user, limit.Token) is { } text)
            {
                report.Problem(text);
            }
        }
        catch (Exception exception) when (exception is MoveException or OperationCanceledException)
        {
            report.Problem($"How the move stands cannot be told now: {exception.Message}");
        }
    }
}
