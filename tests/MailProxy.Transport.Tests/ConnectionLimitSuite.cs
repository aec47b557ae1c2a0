using MailProxy.Transport.Tls;
using System.Net.Sockets;
using MailProxy.Testing;
using MailProxy.Transport.Serving;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MailProxy.Transport.Tests;

/// <summary>How many may be served, who is refused, what that costs and what the log says of it.</summary>
public abstract class ConnectionLimitSuite(Func<TimeProvider, IMailTransport> create) : TransportSuite(create)
{
    private readonly RecordingLogger _logger = new();

    private static string Refusal => "421 too many";

    [Fact]
    public async Task Listeners_share_one_limit_and_each_may_have_its_own()
    {
        var limits = new ConnectionLimits(total: 3, perNetwork: 100);
        await using var small = await ServeAsync(new ConnectionServerOptions { MaxConnections = 1, Limits = limits, OnRefused = TellAsync });
        await using var large = await ServeAsync(new ConnectionServerOptions { Limits = limits, OnRefused = TellAsync });
        await using var first = await ServedAsync(small);
        await RefusedAsync(small);
        await using var second = await ServedAsync(large);
        await using (await ServedAsync(large))
        {
            await RefusedAsync(large);
            Assert.Equal((3, 1, 2), (limits.Count, small.Count, large.Count));
        }

        await WaitForAsync(() => limits.Count == 2);
        await using var again = await ServedAsync(large);
    }

    [Fact]
    public async Task Clients_are_counted_by_ipv4_address_and_by_ipv6_network_of_64_bits()
    {
        var limits = new ConnectionLimits(total: 100, perNetwork: 1);
        var foreign = new ForeignAddresses(
            Transport,
            "192.0.2.1",
            "192.0.2.2",
            "::ffff:192.0.2.1", // the first again, by a dual-stack listener
            "2001:db8:0:1::1",
            "2001:db8:0:1:ffff::2", // the same /64
            "2001:db8:0:2::1",
            "::ffff:192.0.2.3"); // no /64 of its own, nor one with the other IPv4 clients
        await using var server = await ServeAsync(new ConnectionServerOptions { Limits = limits, OnRefused = TellAsync }, foreign);
        await using var one = await ServedAsync(server);
        await using var two = await ServedAsync(server);
        await RefusedAsync(server);
        await using var six = await ServedAsync(server);
        await RefusedAsync(server);
        await using var other = await ServedAsync(server);
        await using var three = await ServedAsync(server);
        Assert.Equal((5, 5), (limits.Count, limits.Networks));
    }

    [Fact]
    public async Task A_connection_is_counted_out_by_the_address_it_was_counted_in_with()
    {
        var limits = new ConnectionLimits(total: 100, perNetwork: 1);
        var foreign = new ForeignAddresses(Transport, "192.0.2.1", "192.0.2.1");
        await using var server = new ConnectionServer(foreign, NewEndPoint, ServeAsync, new ConnectionServerOptions { Limits = limits }, _logger, Time);
        await server.BindAsync(CancellationToken.None);
        await using (await ServedAsync(server))
        {
            Assert.Equal((1, 1), (limits.Count, limits.Networks));
        }

        await WaitForAsync(() => limits.Count == 0);
        Assert.Equal(0, limits.Networks);
        await using var again = await ServedAsync(server);

        // As a middleware may do.
        Task ServeAsync(ConnectionContext connection, CancellationToken stop)
        {
            connection.RemoteEndPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Parse("198.51.100.9"), 1);
            return EchoAsync(connection, stop);
        }
    }

    [Fact]
    public async Task A_flood_is_refused_and_the_log_tells_of_it_once_a_period()
    {
        const int Flood = 300;
        var limits = new ConnectionLimits(total: 1, perNetwork: 100);
        var refused = 0;
        await using var server = await ServeAsync(new ConnectionServerOptions { Limits = limits, OnRefused = TellAsync, Refused = _ => Interlocked.Increment(ref refused) });
        await using var served = await ServedAsync(server);
        for (var i = 0; i < Flood; i++)
        {
            await using var client = await DialAsync(server);
            await client.ReadToTheEndAsync();
        }

        await WaitForAsync(() => Volatile.Read(ref refused) == Flood);
        Assert.Equal((1, 1), (limits.Count, server.Count));
        Assert.Single(Warnings());
        Time.Advance(RepeatedEvent.Period);
        await WaitForAsync(() => Warnings().Count == 2);
        Assert.StartsWith("Refused 1 connections", Warnings()[0], StringComparison.Ordinal);
        Assert.StartsWith($"Refused {Flood - 1} connections", Warnings()[1], StringComparison.Ordinal);
        await served.SendLineAsync("still here");
        await served.ExpectAsync("still here");
    }

    [Fact]
    public async Task Clients_that_do_not_listen_to_their_refusal_cost_no_more_than_a_bounded_number()
    {
        var told = 0;
        var options = new ConnectionServerOptions { MaxConnections = 1, OnRefused = TellSlowlyAsync };
        await using var server = await ServeAsync(options);
        await using var served = await ServedAsync(server);
        var waiting = new List<DialogueClient>();
        for (var i = 0; i < 100; i++)
        {
            waiting.Add(await DialAsync(server));
        }

        await WaitForAsync(() => Volatile.Read(ref told) == 100);
        await CutAsync(server);

        Assert.Equal(100, Volatile.Read(ref told));
        var gone = Task.WhenAll(waiting.Select(client => client.ExpectGoneAsync()));
        while (!gone.IsCompleted)
        {
            // The limit of a refusal begins behind the call that is counted here, maybe after the clock was moved on.
            Time.Advance(TimeSpan.FromSeconds(6));
            await Beat.WaitAsync(5);
        }

        await gone;
        foreach (var client in waiting)
        {
            await client.DisposeAsync();
        }

        Task TellSlowlyAsync(ConnectionContext connection)
        {
            Interlocked.Increment(ref told);
            return new TaskCompletionSource().Task;
        }
    }

    [Fact]
    public async Task On_implicit_tls_a_refusal_is_a_cut_before_the_handshake()
    {
        var options = new ConnectionServerOptions { MaxConnections = 1, ImplicitTls = new ServerTls(Authority.ServerSettings()), OnRefused = TellAsync };
        await using var server = await ServeAsync(options);
        await using var first = await DialAsync(server);
        await first.BecomeEncryptedAsync(Authority.ClientSettings());
        await CutAsync(server);
    }

    private static Task TellAsync(ConnectionContext connection) => new DialogueClient(connection).SendLineAsync(Refusal);

    private List<string> Warnings() => [.. _logger.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Text)];

    private async Task<DialogueClient> ServedAsync(ConnectionServer server)
    {
        var client = await DialAsync(server);
        await client.SendLineAsync("here");
        await client.ExpectAsync("here");
        return client;
    }

    private async Task RefusedAsync(ConnectionServer server)
    {
        await using var client = await DialAsync(server);
        await client.ExpectAsync(Refusal);
        await client.ExpectEndAsync();
    }

    private async Task CutAsync(ConnectionServer server)
    {
        try
        {
            await using var client = await DialAsync(server);
            await client.ExpectGoneAsync();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // So soon that even the dialling sees it.
        }
    }

    private async Task<ConnectionServer> ServeAsync(ConnectionServerOptions options, IMailTransport? transport = null)
    {
        var server = new ConnectionServer(transport ?? Transport, NewEndPoint, EchoAsync, options, _logger, Time);
        await server.BindAsync(CancellationToken.None);
        return server;
    }

    private async Task<DialogueClient> DialAsync(ConnectionServer server) => new(await Transport.ConnectAsync(server.BoundEndPoint));
}
