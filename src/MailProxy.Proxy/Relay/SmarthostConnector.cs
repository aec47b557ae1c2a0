using System.Collections.Frozen;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Routing.Catalog;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Relay;

/// <summary>Dials the smarthost as if it were a store with one port.</summary>
internal sealed class SmarthostConnector(StoreConnector connector, string host, int port, StoreTlsMode tls)
{
    /// <summary>The smarthost.</summary>
    public StoreNode Node { get; } = new(
        "smarthost",
        host,
        new Dictionary<StoreService, int> { [StoreService.Submission] = port }.ToFrozenDictionary(),
        tls,
        null,
        StoreState.Online);

    /// <summary>A connection that is ready for EHLO.</summary>
    public ValueTask<Outcome<StoreConnection>> ConnectAsync(ConnectionContext client, SessionDeadline deadline) =>
        connector.ConnectAsync(connector.Begin(Node, new StoreDoor(StoreService.Submission, tls == StoreTlsMode.Implicit), deadline), client);
}
