using System.Text.Json.Nodes;
using MailProxy.Configuration;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Moving;
using MailProxy.Routing.Moves;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>Runs <c>mailproxy user move</c>: in this process where it may be interrupted, as a process of its own where it may be killed.</summary>
internal sealed class ChaosOperator(ChaosCluster cluster, ChaosJournal journal)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // Shorter than the default: a move that cannot go on shall not take the run's time.
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(20);

    /// <summary>In this process; interrupted after so many milliseconds, if it runs then.</summary>
    public async Task<ChaosOutcome> RunAsync(ChaosUser user, string? to, MoveRequestKind kind, int? interruptAfter)
    {
        using var stop = new CancellationTokenSource(interruptAfter is { } after ? TimeSpan.FromMilliseconds(after) : Patience);
        await using var output = new StringWriter();
        var name = $"{kind} {to ?? ""}{(interruptAfter is null ? "" : ", to be interrupted")}";
        journal.Note(user.Name, $"MOVE {name}: begins");
        string problem;
        try
        {
            await using var move = new UserMove(ConfigurationLoader.Load<ProxyConfig>(cluster.OperatorFile, []), new MoveReport(output, isJson: true), TimeProvider.System);
            await move.RunAsync(new MoveRequest(user.Name, to, kind, null, Purge: false, Hold), stop.Token);
            return Judge(user, name, output.ToString());
        }
        catch (MoveException refused)
        {
            problem = refused.Message;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            problem = "interrupted";
            if (interruptAfter is null)
            {
                journal.Violate(user.Name, $"MOVE {name}: not over within {Patience}");
            }
        }
        catch (Exception exception)
        {
            // The command would have ended with a stack trace.
            journal.Violate(user.Name, $"MOVE {name}: {exception}");
            problem = exception.Message;
        }

        return Standing(user, name, output + problem);
    }

    /// <summary>As a process; killed after so many milliseconds, if it runs then.</summary>
    public async Task<ChaosOutcome> RunProcessAsync(ChaosUser user, string? to, MoveRequestKind kind, int? killAfter)
    {
        string[] what = kind switch
        {
            MoveRequestKind.Resume => ["--resume"],
            MoveRequestKind.Abort => ["--abort"],
            _ => [to!],
        };
        var name = $"{kind} {to ?? ""} as a process";
        journal.Note(user.Name, $"MOVE {name}: begins");
        await using var move = MailProxyProcess.Start(["user", "move", user.Name, .. what, "--json", "--timeout", "20", "--config", cluster.OperatorFile]);
        var exit = move.ExitAsync(Patience);
        if (killAfter is { } after && await Task.WhenAny(exit, Beat.WaitAsync(after)) != exit)
        {
            await move.KillAsync();
            journal.Killed($"the command that moves {user.Name}");
            return Standing(user, name, move.Output + "\nkilled");
        }

        await exit;
        return Judge(user, name, move.Output);
    }

    private ChaosOutcome Judge(ChaosUser user, string name, string output)
    {
        var last = output.Split('\n').LastOrDefault(line => line.StartsWith("{\"done\"", StringComparison.Ordinal));
        if (last is null || JsonNode.Parse(last) is not { } told || told["store"] is null)
        {
            return Standing(user, name, output);
        }

        user.Home = (string)told["store"]!;
        var isMoved = (bool)told["done"]!;
        journal.Count(isMoved ? "moves completed" : "moves taken back");
        if (isMoved)
        {
            journal.Took("hold as operators see it", (double)told["heldSeconds"]!);
        }

        journal.Note(user.Name, $"MOVE {name}: {output.Trim()}");
        return isMoved ? ChaosOutcome.Moved : ChaosOutcome.TakenBack;
    }

    private ChaosOutcome Standing(ChaosUser user, string name, string output)
    {
        journal.Count("commands that ended without an end of the move");
        journal.Note(user.Name, $"MOVE {name}: {output.Trim()}");
        return ChaosOutcome.Open;
    }
}
