using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>Kills a proxy or a store every few seconds, and starts it again at once.</summary>
internal sealed class ChaosKiller(ChaosCluster cluster, ChaosDice dice, ChaosJournal journal, TimeSpan every)
{
    /// <summary>Until it is stopped; every process runs then.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        IReadOnlyList<ChaosNode> nodes = [.. cluster.Proxies, .. cluster.Stores];
        while (true)
        {
            try
            {
                await Beat.WaitAsync(dice.Around((int)every.TotalMilliseconds), stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var node = dice.Of(nodes);
            journal.Killed(node.Name);
            await node.KillAsync();
            await node.StartAsync();
            journal.Note("", $"{node.Name} serves again");
        }
    }
}
