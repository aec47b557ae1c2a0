using System.Security.Cryptography.X509Certificates;
using MailProxy.Transport.Memory;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace MailProxy.Store.Tests.Serving;

/// <summary>Both ends of a connection in memory.</summary>
internal sealed class ConnectionPair : IAsyncDisposable
{
    private ConnectionPair(ConnectionContext client, ConnectionContext server)
    {
        Client = client;
        Server = server;
    }

    public ConnectionContext Client { get; }

    public ConnectionContext Server { get; }

    public ITlsFeature ServerTls => Server.Features.GetRequiredFeature<ITlsFeature>();

    public static async Task<ConnectionPair> ConnectAsync()
    {
        var transport = new MemoryTransport();
        var endPoint = new MemoryEndPoint("store");
        var listener = await transport.BindAsync(endPoint);
        var client = await transport.ConnectAsync(endPoint);
        var server = await listener.AcceptAsync();
        return new(client, server!);
    }

    /// <summary>Implicit TLS, with the given client certificate or none.</summary>
    public static async Task<ConnectionPair> ConnectWithTlsAsync(X509Certificate2? certificate)
    {
        var pair = await ConnectAsync();
        var server = pair.ServerTls.BecomeServerAsync(Certificates.ServerSettings, CancellationToken.None).AsTask();
        var client = pair.Client.Features.GetRequiredFeature<ITlsFeature>();
        Assert.Equal(TlsOutcome.Done, await client.BecomeClientAsync(Certificates.ClientSettings(certificate), CancellationToken.None));
        Assert.Equal(TlsOutcome.Done, await server);
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
