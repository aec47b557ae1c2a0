using System.Runtime.InteropServices;
using MailProxy.Configuration;

namespace MailProxy.Nodes;

/// <summary>Starts a node, waits for SIGINT or SIGTERM, stops it; SIGHUP reloads it. What keeps it from starting is one clear text and exit code 1.</summary>
internal static class NodeRunner
{
    /// <summary>Runs a node from its configuration.</summary>
    public static async Task<int> RunAsync<TConfig>(Func<TConfig> load, Func<TConfig, CancellationToken, Task<INode>> start)
    {
        using var stop = new CancellationTokenSource();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        INode? running = null;
        using var hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        try
        {
            await using var node = await start(load(), stop.Token);
            Volatile.Write(ref running, node);
            await Task.WhenAny(asked.Task, node.Failed);
            Console.WriteLine("Stopping.");
            await node.StopAsync();
            return asked.Task.IsCompleted ? 0 : 1;
        }
        catch (InvalidConfigurationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
        catch (Exception exception) when (StartFailure.Explain(exception) is { } sentence)
        {
            Console.Error.WriteLine(sentence);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop before it had started.
            return 0;
        }

        void OnSignal(PosixSignalContext context)
        {
            // The second time the system's own handling ends the process at once.
            context.Cancel = asked.TrySetResult();
            stop.Cancel();
        }

        void OnHangUp(PosixSignalContext context)
        {
            // Unless it is cancelled, it ends the process, even one that has just been started and read everything a moment ago.
            context.Cancel = true;
            Volatile.Read(ref running)?.Reload();
        }
    }
}
