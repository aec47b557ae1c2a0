using MailProxy.Store.Engine;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Engine.Files.Moves;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Moves;

/// <summary>
/// Drops staged copies that a move left behind which was taken back while this store could not be reached. Only the source knows: as long as it holds or fences the user
/// for that very move, somebody may still go on with it, and the copy stays. A source that cannot be asked has not said that the copy may go.
/// </summary>
/// <param name="engine">The mail.</param>
/// <param name="options">How long a copy is let alone.</param>
/// <param name="isPulling">Whether a pull of a user runs.</param>
/// <param name="newClient">Makes a client that other stores believe.</param>
/// <param name="logger">For events.</param>
internal sealed class StagedSweep(FileStoreEngine engine, MoveOptions options, Func<string, bool> isPulling, Func<HttpClient> newClient, ILogger logger)
{
    /// <summary>From one look to the next: a twenty-fourth of the least that a copy is kept by default.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Looks at every staged copy once. How many went.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var forgotten = engine.Moves.ForgottenStages(options.StagedKeep).Where(one => !isPulling(one.User)).ToList();
        if (forgotten.Count == 0)
        {
            return 0;
        }

        using var client = newClient();
        var dropped = 0;
        foreach (var (user, stage) in forgotten)
        {
            try
            {
                if (await MayGoAsync(client, user, stage, cancellationToken) && await engine.Moves.DropStageAsync(user, stage, cancellationToken))
                {
                    MoveLog.Done(logger, stage.Move, user, "staged copy dropped, which nobody has touched for long and the source does not wait for");
                    dropped++;
                }
            }
            catch (PullFailedException exception)
            {
                MoveLog.StageKept(logger, stage.Move, user, stage.From, exception.Message);
            }
            catch (StoreFaultException exception)
            {
                // Somebody has just gone on with it.
                MoveLog.StageKept(logger, stage.Move, user, stage.From, exception.Message);
            }
        }

        return dropped;
    }

    private static async Task<bool> MayGoAsync(HttpClient client, string user, StageRecord stage, CancellationToken cancellationToken)
    {
        if (stage.Source is null)
        {
            // No pull has reached it: there is nothing of it, and it cannot become active.
            return true;
        }

        var head = await new PullSource(client, new Uri(stage.From), user, stage.Move).HeadAsync(cancellationToken);
        return head.Store == stage.Source
            ? head.Hold is null
            : throw new PullFailedException($"{stage.From} is {head.Store} now, and the copy was made from {stage.Source}.");
    }
}
