using System.Net;
using System.Net.Sockets;
using MailProxy.Testing;
using MailProxy.Transport.Serving;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Transport.Tests;

public abstract class ConnectionServerSuite(Func<TimeProvider, IMailTransport> create) : TransportSuite(create)
{
    private readonly RecordingLogger _logger = new();

    [Fact]
    public async Task Connections_are_served_side_by_side_until_stop()
    {
        await using var server = await ServeAsync(EchoAsync);
        await using var one = await DialAsync(server);
        await using var two = await DialAsync(server);
        await one.SendLineAsync("first");
        await two.SendLineAsync("second");
        await two.ExpectAsync("second");
        await one.ExpectAsync("first");
        Assert.Equal(2, server.Count);
    }

    [Fact]
    public async Task Stop_asks_and_what_ends_in_time_is_not_aborted()
    {
        await using var server = await ServeAsync(async (connection, stop) =>
        {
            var asked = new TaskCompletionSource();
            using var registration = stop.Register(asked.SetResult);
            await asked.Task;
            await new DialogueClient(connection).SendLineAsync("421 goodbye");
        });
        await using var client = await DialAsync(server);
        await WaitForAsync(() => server.Count == 1);
        await server.StopAsync(Patience).WaitAsync(Patience);
        await client.ExpectAsync("421 goodbye");
        await client.ExpectEndAsync();
        await Assert.ThrowsAnyAsync<SocketException>(() => DialAsync(server));
    }

    [Fact]
    public async Task Stop_aborts_what_outlives_the_grace()
    {
        await using var server = await ServeAsync(async (connection, _) => await new DialogueClient(connection).ReadLineAsync());
        await using var client = await DialAsync(server);
        await WaitForAsync(() => server.Count == 1);
        await server.StopAsync(TimeSpan.Zero).WaitAsync(Patience);
        await Assert.ThrowsAsync<ConnectionResetException>(client.ReadLineAsync);
    }

    [Fact]
    public async Task What_is_handed_over_after_the_cut_is_cut_too()
    {
        var rest = new CutRest();
        var isCutOff = new TaskCompletionSource();
        await using var server = new ConnectionServer(
            Transport,
            NewEndPoint,
            async (served, _) =>
            {
                using var aborted = served.Connection.ConnectionClosed.Register(isCutOff.SetResult);
                await isCutOff.Task;
                rest.Served = served;
                served.HandOver(rest);
            },
            new ConnectionServerOptions(),
            _logger,
            Time);
        await server.BindAsync(CancellationToken.None);
        await using var client = await DialAsync(server);
        await WaitForAsync(() => server.Count == 1);
        await server.StopAsync(TimeSpan.Zero).WaitAsync(Patience);
        Assert.True(rest.WasCut);
    }

    [Fact]
    public async Task One_too_many_is_told_so_and_there_is_room_again_afterwards()
    {
        var options = new ConnectionServerOptions { MaxConnections = 1, OnRefused = connection => new DialogueClient(connection).SendLineAsync("421 too many") };
        await using var server = await ServeAsync(EchoAsync, options);
        await using (var first = await DialAsync(server))
        {
            await first.SendLineAsync("here");
            await first.ExpectAsync("here");
            await using var second = await DialAsync(server);
            await second.ExpectAsync("421 too many");
            await second.ExpectEndAsync();
        }

        await WaitForAsync(() => server.Count == 0);
        await using var third = await DialAsync(server);
        await third.SendLineAsync("again");
        await third.ExpectAsync("again");
    }

    [Fact]
    public async Task A_bug_in_one_session_is_logged_once_and_hurts_no_other()
    {
        await using var server = await ServeAsync((connection, stop) => throw new InvalidOperationException("a bug"));
        await using var first = await DialAsync(server);
        await first.ExpectEndAsync();
        await using var second = await DialAsync(server);
        await second.ExpectEndAsync();
        await server.StopAsync(Patience);
        Assert.Equal(2, _logger.Entries.Count(entry => entry is { Level: LogLevel.Error, Exception.Message: "a bug" }));
    }

    [Fact]
    public async Task A_peer_that_breaks_off_is_no_error_of_ours()
    {
        await using var server = await ServeAsync(EchoAsync);
        var client = await DialAsync(server);
        await client.SendLineAsync("x");
        await client.ExpectAsync("x");
        client.Connection.Abort();
        await WaitForAsync(() => server.Count == 0);
        await server.StopAsync(Patience);
        Assert.DoesNotContain(_logger.Entries, entry => entry.Level > LogLevel.Information);
    }

    [Fact]
    public async Task Implicit_tls_is_done_before_serving()
    {
        await using var server = await ServeAsync(EchoAsync, new ConnectionServerOptions { ImplicitTls = new(Authority.ServerSettings()) });
        await using var client = await DialAsync(server);
        await client.BecomeEncryptedAsync(Authority.ClientSettings());
        await client.SendLineAsync("secret");
        await client.ExpectAsync("secret");
    }

    [Fact]
    public async Task A_client_that_never_says_hello_is_dropped_at_the_deadline()
    {
        var options = new ConnectionServerOptions { ImplicitTls = new(Authority.ServerSettings()), HandshakeTimeout = TimeSpan.FromSeconds(30) };
        await using var server = await ServeAsync(EchoAsync, options);
        await using var client = await DialAsync(server);
        var ending = client.ExpectEndAsync();
        await WaitForAsync(() => server.Count == 1);
        while (!ending.IsCompleted && server.Count == 1)
        {
            // Again and again, because the handshake's deadline may begin after the first.
            Time.Advance(TimeSpan.FromSeconds(31));
            await Task.Yield();
        }

        await ending.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_taken_endpoint_is_one_clear_sentence()
    {
        await using var server = await ServeAsync(EchoAsync);
        await using var second = new ConnectionServer(Transport, server.BoundEndPoint, EchoAsync, new ConnectionServerOptions(), _logger, Time);
        var failure = await Assert.ThrowsAsync<ListenFailedException>(() => second.BindAsync(CancellationToken.None));
        Assert.Equal($"Cannot listen on {server.BoundEndPoint}: another program uses this port; stop it or configure another port.", failure.Message);
        Assert.Equal(server.BoundEndPoint, failure.EndPoint);
    }

    [Fact]
    public async Task Accept_errors_are_survived()
    {
        var flaky = new FlakyTransport(Transport);
        await using var server = new ConnectionServer(flaky, NewEndPoint, EchoAsync, new ConnectionServerOptions(), _logger, TimeProvider.System);
        await server.BindAsync(CancellationToken.None);
        await using var client = await DialAsync(server);
        await client.SendLineAsync("x");
        await client.ExpectAsync("x");
        Assert.Contains(_logger.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("failed 1 times, Too many open files", StringComparison.Ordinal));
    }

    private async Task<ConnectionServer> ServeAsync(Func<ConnectionContext, CancellationToken, Task> serve, ConnectionServerOptions? options = null)
    {
        var server = new ConnectionServer(Transport, NewEndPoint, serve, options ?? new ConnectionServerOptions(), _logger, Time);
        await server.BindAsync(CancellationToken.None);
        return server;
    }

    private async Task<DialogueClient> DialAsync(ConnectionServer server) => new(await Transport.ConnectAsync(server.BoundEndPoint));

    private sealed class CutRest : IHandedOver
    {
        public ServedConnection? Served { get; set; }

        public bool WasCut { get; private set; }

        public void Stop()
        {
            // A goodbye, when there is a boundary: here there is none.
        }

        public void Cut()
        {
            WasCut = true;
            Served!.End();
        }
    }

    private sealed class FlakyTransport(IMailTransport inner) : IMailTransport
    {
        public string Name => inner.Name;

        public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            new FlakyListener(await inner.BindAsync(endpoint, cancellationToken));

        public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => inner.ConnectAsync(endpoint, cancellationToken);
    }

    private sealed class FlakyListener(IConnectionListener inner) : IConnectionListener
    {
        private int _accepts;

        public EndPoint EndPoint => inner.EndPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => _accepts++ < 2
            ? throw new SocketException((int)SocketError.TooManyOpenSockets)
            : inner.AcceptAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
