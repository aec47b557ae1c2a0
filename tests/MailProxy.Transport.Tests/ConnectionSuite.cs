using System.Buffers;
using System.Net.Sockets;
using MailProxy.Testing;
using MailProxy.Transport.Splice;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.Transport.Tests;

public abstract class ConnectionSuite(Func<TimeProvider, IMailTransport> create) : TransportSuite(create)
{
    [Fact]
    public async Task Lines_go_both_ways()
    {
        var (client, server) = await PairAsync();
        await client.SendLineAsync("hello");
        await server.ExpectAsync("hello");
        await server.SendLineAsync("220 welcome");
        await client.ExpectAsync("220 welcome");
    }

    [Fact]
    public async Task Every_connection_has_the_features_an_id_and_addresses()
    {
        var (client, server) = await PairAsync();
        foreach (var peer in new[] { client, server })
        {
            Assert.NotNull(peer.Connection.Features.Get<ITlsFeature>());
            Assert.NotNull(peer.Connection.Features.Get<ISpliceFeature>());
            Assert.NotEmpty(peer.Connection.ConnectionId);
        }

        Assert.NotEqual(client.Connection.ConnectionId, server.Connection.ConnectionId);
        Assert.Equal(client.Connection.LocalEndPoint, server.Connection.RemoteEndPoint);
        Assert.Equal(client.Connection.RemoteEndPoint, server.Connection.LocalEndPoint);
    }

    [Fact]
    public async Task Completing_the_output_ends_one_direction_only()
    {
        var (client, server) = await PairAsync();
        await client.SendLineAsync("QUIT");
        await client.EndAsync();
        await server.ExpectAsync("QUIT");
        await server.ExpectEndAsync();
        await server.SendLineAsync("221 bye");
        await client.ExpectAsync("221 bye");
    }

    [Fact]
    public async Task Dispose_sends_what_was_written_and_not_flushed_and_ends_in_order()
    {
        var (client, server) = await PairAsync();
        server.Connection.Transport.Output.Write("421 goodbye\r\n"u8);
        await server.DisposeAsync();
        await client.ExpectAsync("421 goodbye");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Unread_octets_do_not_swallow_the_goodbye()
    {
        var (client, server) = await PairAsync();
        await client.SendLineAsync("read me");
        await client.SendLineAsync("ignored, ignored, ignored");
        await server.ExpectAsync("read me");
        await server.SendLineAsync("421 goodbye");
        await server.DisposeAsync();
        await client.ExpectAsync("421 goodbye");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task An_abort_is_a_reset_for_the_peer()
    {
        var (client, server) = await PairAsync();
        client.Connection.Abort();
        await Assert.ThrowsAsync<ConnectionResetException>(server.ReadLineAsync);
    }

    [Fact]
    public async Task An_abort_ends_our_own_read_and_tells_who_waits_for_the_end()
    {
        var (client, _) = await PairAsync();
        var closed = new TaskCompletionSource();
        using var registration = client.Connection.ConnectionClosed.Register(closed.SetResult);
        var reading = client.ReadLineAsync();
        client.Connection.Abort();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await closed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Dispose_tells_who_waits_for_the_end()
    {
        var (client, _) = await PairAsync();
        var closed = client.Connection.ConnectionClosed;
        await client.DisposeAsync();
        Assert.True(closed.IsCancellationRequested);
    }

    // Middleware may put a token of its own there (Microsoft.AspNetCore.Connections).
    [Fact]
    public async Task Another_token_for_the_end_may_be_put_in_its_place()
    {
        var (client, _) = await PairAsync();
        using var other = new CancellationTokenSource();
        client.Connection.ConnectionClosed = other.Token;
        Assert.Equal(other.Token, client.Connection.ConnectionClosed);
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing()
    {
        var (client, server) = await PairAsync();
        using var cancel = new CancellationTokenSource();
        var reading = server.Connection.Transport.Input.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await client.SendLineAsync("still here");
        await server.ExpectAsync("still here");
    }

    [Fact]
    public async Task An_endpoint_is_bound_once()
    {
        await using var listener = await Transport.BindAsync(NewEndPoint);
        await Assert.ThrowsAsync<AddressInUseException>(() => Transport.BindAsync(listener.EndPoint).AsTask());
    }

    [Fact]
    public async Task Dialling_where_nobody_listens_is_refused()
    {
        var listener = await Transport.BindAsync(NewEndPoint);
        await listener.DisposeAsync();
        var refused = await Assert.ThrowsAnyAsync<SocketException>(() => Transport.ConnectAsync(listener.EndPoint).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task Accept_answers_null_after_unbind()
    {
        var listener = await Transport.BindAsync(NewEndPoint);
        var accepting = listener.AcceptAsync().AsTask();
        await listener.UnbindAsync();
        Assert.Null(await accepting.WaitAsync(Patience));
        Assert.Null(await listener.AcceptAsync());
    }
}
