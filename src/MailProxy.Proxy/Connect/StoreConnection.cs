using MailProxy.Routing.Health;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Connect;

/// <summary>A dialled store.</summary>
/// <param name="Connection">The connection; whoever holds this disposes it.</param>
/// <param name="UpgradeWith">Not null: STARTTLS must come before anything else.</param>
/// <param name="Endpoint">Which of the store's addresses it is.</param>
internal sealed record StoreConnection(ConnectionContext Connection, TlsClientSettings? UpgradeWith, EndpointHealth Endpoint) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
