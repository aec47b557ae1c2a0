using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Connect;

/// <summary>A dialled store.</summary>
/// <param name="Connection">The connection; whoever holds this disposes it.</param>
/// <param name="UpgradeWith">Not null: STARTTLS must come before anything else.</param>
internal sealed record StoreConnection(ConnectionContext Connection, TlsClientSettings? UpgradeWith) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
