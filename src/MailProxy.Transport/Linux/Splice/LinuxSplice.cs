using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Splice;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Linux.Splice;

/// <summary>Joins two connections of the Linux transport on the reactor of the client's.</summary>
internal sealed class LinuxSplice(LinuxConnection client) : ISpliceFeature
{
    /// <inheritdoc/>
    public ISplice Start(ConnectionContext store, SpliceSettings settings, ISpliceOwner owner, ISpliceFollower? follower = null)
    {
        if (store is not LinuxConnection other)
        {
            throw new ArgumentException("Both connections of a splice must come from the same transport.", nameof(store));
        }

        var join = new SpliceJoin(client, other, settings, owner, follower);
        if (client.Reactor.IsCurrent && other.Reactor == client.Reactor)
        {
            join.Start();
        }
        else
        {
            // A session that did not begin on a reactor (a test, a caller on the thread pool): both sockets first come together.
            _ = StartFromElsewhereAsync(other, join);
        }

        return join;
    }

    private async Task StartFromElsewhereAsync(LinuxConnection store, SpliceJoin join)
    {
        var home = client.Reactor;
        if (store.Reactor != home)
        {
            await RunOnAsync(store.Reactor.Post, () => Leave(store));
            await RunOnAsync(home.Post, () => Arrive(store));
        }

        home.Post(static join => ((SpliceJoin)join!).Start(), join);
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
