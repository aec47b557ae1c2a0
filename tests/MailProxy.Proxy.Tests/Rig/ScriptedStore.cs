using System.Net;
using System.Threading.Channels;
using MailProxy.Testing;
using MailProxy.Transport;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>A store's address: hands each connection that the proxy makes to the test.</summary>
internal sealed class ScriptedStore : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<ConnectionContext> _connections = [];
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private readonly IConnectionListener _listener;
    private readonly Task _accepting;

    private ScriptedStore(IConnectionListener listener)
    {
        _listener = listener;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public EndPoint EndPoint => _listener.EndPoint;

    public static async Task<ScriptedStore> ListenAsync(IMailTransport transport, EndPoint endPoint) =>
        new(await transport.BindAsync(endPoint, CancellationToken.None));

    /// <summary>The next connection from the proxy.</summary>
    public async Task<DialogueClient> AcceptOneAsync() => new(await _accepted.Reader.ReadAsync().AsTask().WaitAsync(Patience));

    /// <summary>The same for stores that serve by themselves, for as long as they like.</summary>
    public ValueTask<ConnectionContext> AcceptConnectionAsync(CancellationToken cancellationToken) => _accepted.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _listener.UnbindAsync();
        await _accepting;
        await _listener.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } connection)
        {
            // Held as long as the store is: a socket that nobody refers to is closed by the collector, in the middle of whatever test.
            _connections.Add(connection);
            await _accepted.Writer.WriteAsync(connection);
        }
    }
}
