using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A proxy or store process that is killed and comes back with the same ports and folders.</summary>
internal sealed class ChaosNode(string name, string ready, params string[] arguments) : IAsyncDisposable
{
    // Somebody else's connection may have a port for a moment.
    private const int Attempts = 20;

    private readonly List<ChaosRun> _runs = [];
    private MailProxyProcess? _process;

    /// <summary>Name in the cluster.</summary>
    public string Name => name;

    /// <summary>Every life so far.</summary>
    public IReadOnlyList<ChaosRun> Runs => _process is { } process ? [.. _runs, new ChaosRun(process.Output, null)] : [.. _runs];

    /// <summary>Starts it; ends when it serves.</summary>
    public async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var process = MailProxyProcess.Start(arguments);
            try
            {
                await process.SeeAsync(ready);
                _process = process;
                return;
            }
            catch (Exception exception) when (exception is InvalidOperationException or TimeoutException && attempt < Attempts)
            {
                await process.DisposeAsync();
                await Beat.WaitAsync(250);
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        var process = _process!;
        await process.KillAsync();
        _runs.Add(new ChaosRun(process.Output, ChaosClock.Now));
        _process = null;
        await process.DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
