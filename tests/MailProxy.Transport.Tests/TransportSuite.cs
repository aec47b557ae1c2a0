using System.Net;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Transport.Tests;

/// <summary>What every suite over a transport needs; each suite runs on every transport.</summary>
public abstract class TransportSuite : IAsyncLifetime
{
    // For waits on something that must happen; only a failing test takes so long.
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<ConnectionContext> _connections = [];
    private IConnectionListener? _listener;
    private int _endPoints;

    protected TransportSuite(Func<TimeProvider, IMailTransport> create) => Transport = create(Time);

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    protected IMailTransport Transport { get; }

    protected TestAuthority Authority { get; } = new();

    /// <summary>Another one each time.</summary>
    protected EndPoint NewEndPoint => Transport.Name == "memory" ? new Memory.MemoryEndPoint($"test-{_endPoints++}") : new IPEndPoint(IPAddress.Loopback, 0);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var connection in _connections)
        {
            connection.Abort();
            await connection.DisposeAsync();
        }

        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        (Transport as IDisposable)?.Dispose();
    }

    /// <summary>A connection, both ends.</summary>
    protected async Task<(DialogueClient Dialler, DialogueClient Accepted)> PairAsync()
    {
        _listener ??= await Transport.BindAsync(NewEndPoint);
        var accepting = _listener.AcceptAsync().AsTask();
        var dialled = await Transport.ConnectAsync(_listener.EndPoint);
        var accepted = await accepting.WaitAsync(Patience);
        _connections.AddRange([dialled, accepted!]);
        return (new DialogueClient(dialled), new DialogueClient(accepted!));
    }

    /// <summary>Both handshakes at once: (client's outcome, server's outcome).</summary>
    protected static async Task<(TlsOutcome Client, TlsOutcome Server)> HandshakeAsync(
        DialogueClient client, TlsClientSettings clientSettings, DialogueClient server, TlsServerSettings serverSettings)
    {
        var serving = TlsOf(server).BecomeServerAsync(serverSettings, CancellationToken.None).AsTask();
        var dialling = TlsOf(client).BecomeClientAsync(clientSettings, CancellationToken.None).AsTask();
        // A side that fails leaves; the other must not wait for it.
        var first = await Task.WhenAny(serving, dialling).WaitAsync(Patience);
        if (await first != TlsOutcome.Done)
        {
            (first == serving ? server : client).Connection.Abort();
        }

        return (await dialling.WaitAsync(Patience), await serving.WaitAsync(Patience));
    }

    protected static ITlsFeature TlsOf(DialogueClient peer) => peer.Connection.Features.Get<ITlsFeature>()!;

    protected static async Task EchoAsync(ConnectionContext connection, CancellationToken stop)
    {
        var peer = new DialogueClient(connection);
        while (await peer.ReadLineAsync() is { } line)
        {
            await peer.SendLineAsync(line);
        }
    }

    // A condition that another thread brings about soon; only a failing test waits long.
    protected static async Task WaitForAsync(Func<bool> isTrue)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!isTrue())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, "The condition never came true.");
            await Task.Yield();
        }
    }
}
