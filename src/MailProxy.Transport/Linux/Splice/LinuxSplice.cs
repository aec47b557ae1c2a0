using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Splice;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Linux.Splice;

/// <summary>Joins two connections of the Linux transport on the reactor of the client's.</summary>
internal sealed class LinuxSplice(LinuxConnection client) : ISpliceFeature
{
    /// <inheritdoc/>
    public ValueTask<SpliceResult> SpliceAsync(ConnectionContext store, SpliceSettings settings, CancellationToken cancellationToken)
    {
        if (store is not LinuxConnection other)
        {
            throw new ArgumentException("Both connections of a splice must come from the same transport.", nameof(store));
        }

        return client.Reactor.IsCurrent && other.Reactor == client.Reactor
            ? Join(other, settings, cancellationToken)
            : FromElsewhereAsync(other, settings, cancellationToken);
    }

    private ValueTask<SpliceResult> Join(LinuxConnection store, SpliceSettings settings, CancellationToken cancellationToken)
    {
        var join = new SpliceJoin(client, store, settings);
        // Before the start, because the join may end within it.
        var task = join.Task;
        join.Start(cancellationToken);
        return task;
    }

    // A session that did not begin on a reactor (a test, a caller on the thread pool): both sockets first come together.
    private async ValueTask<SpliceResult> FromElsewhereAsync(LinuxConnection store, SpliceSettings settings, CancellationToken cancellationToken)
    {
        var home = client.Reactor;
        if (store.Reactor != home)
        {
            await RunOnAsync(store.Reactor.Post, () => Leave(store));
            await RunOnAsync(home.Post, () => Arrive(store));
        }

        var joined = new TaskCompletionSource<Task<SpliceResult>>(TaskCreationOptions.RunContinuationsAsynchronously);
        home.Post(_ => joined.SetResult(Join(store, settings, cancellationToken).AsTask()), null);
        return await await joined.Task;
    }

    private static async Task RunOnAsync(Action<SendOrPostCallback, object?> post, Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        post(
            _ =>
            {
                action();
                done.SetResult();
            },
            null);
        await done.Task;
    }

    private static void Leave(LinuxConnection store)
    {
        if (!store.Socket.IsClosed)
        {
            store.Socket.Detach();
        }
    }

    private void Arrive(LinuxConnection store)
    {
        if (!store.Socket.IsClosed)
        {
            store.Socket.Attach(client.Reactor);
        }
    }
}
