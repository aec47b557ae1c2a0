using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Tests;

/// <summary>A transport whose accepted connections seem to come from the addresses of a list, in turn; then from where they do.</summary>
internal sealed class ForeignAddresses(IMailTransport inner, params string[] addresses) : IMailTransport
{
    private readonly ConcurrentQueue<string> _addresses = new(addresses);

    public string Name => inner.Name;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), _addresses);

    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => inner.ConnectAsync(endpoint, cancellationToken);

    private sealed class Listener(IConnectionListener inner, ConcurrentQueue<string> addresses) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var connection = await inner.AcceptAsync(cancellationToken);
            if (connection is not null && addresses.TryDequeue(out var address))
            {
                connection.RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 4711);
            }

            return connection;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
