using System.Net;
using System.Net.Sockets;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Serving;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Transport.Tests.Linux;

/// <summary>One reactor: whoever has always something to do lets the others in between, after a number of steps that is known.</summary>
public sealed class FairnessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_posts_itself_again_and_again_waits_for_the_sockets_each_time()
    {
        Assert.SkipUnless(LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");
        using var reactor = new Reactor(0, TimeProvider.System, NullLogger.Instance);
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listening.LocalEndPoint!);
        using var socket = await listening.AcceptAsync();
        var watched = new Watched();
        var runs = 0;
        var seen = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        reactor.Post(_ => reactor.Add((int)socket.Handle, watched), null);
        reactor.Post(Again, null);
        Assert.InRange(await seen.Task.WaitAsync(Patience), 1, 3);

        void Again(object? state)
        {
            if (runs == 0)
            {
                watched.HasEvents = false;
                peer.Send([1]);
            }

            if (watched.HasEvents || runs == 500)
            {
                seen.SetResult(runs);
                return;
            }

            runs++;
            reactor.Post(Again, null);
        }
    }

    [Fact]
    public async Task A_peer_that_sends_as_fast_as_we_read_lets_others_in_between()
    {
        Assert.SkipUnless(LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");
        using var transport = new LinuxTransport(reactors: 1);
        using var flooding = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var quiet = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reads = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isServed = false;
        await using var flooded = new ConnectionServer(transport, new IPEndPoint(IPAddress.Loopback, 0), SwallowAsync, new ConnectionServerOptions(), NullLogger.Instance, TimeProvider.System);
        await using var other = new ConnectionServer(transport, new IPEndPoint(IPAddress.Loopback, 0), WaitAsync, new ConnectionServerOptions(), NullLogger.Instance, TimeProvider.System);
        await flooded.BindAsync(CancellationToken.None);
        await other.BindAsync(CancellationToken.None);
        await quiet.ConnectAsync(other.BoundEndPoint);
        await waits.Task.WaitAsync(Patience);
        await flooding.ConnectAsync(flooded.BoundEndPoint);
        var sending = flooding.SendAsync(new byte[4 * 1024 * 1024], SocketFlags.None);
        begin.SetResult();
        Assert.InRange(await reads.Task.WaitAsync(Patience), 1, 32);
        await sending.WaitAsync(Patience);

        // On the reactor: from the first read on the other has something to read as well.
        async Task SwallowAsync(ConnectionContext connection, CancellationToken stop)
        {
            await begin.Task;
            for (var i = 1; ; i++)
            {
                var read = await connection.Transport.Input.ReadAsync(stop);
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (i == 1)
                {
                    quiet.Send([1]);
                }

                if (isServed || read.IsCompleted)
                {
                    reads.TrySetResult(i);
                }

                if (read.IsCompleted)
                {
                    return;
                }
            }
        }

        async Task WaitAsync(ConnectionContext connection, CancellationToken stop)
        {
            var reading = connection.Transport.Input.ReadAsync(stop);
            waits.SetResult();
            await reading;
            isServed = true;
        }
    }

    private sealed class Watched : IEventTarget
    {
        public bool HasEvents { get; set; }

        public void OnEvents(uint events) => HasEvents |= (events & EpollEvents.In) != 0;
    }
}
