using System.Net;
using System.Net.Sockets;
using MailProxy.Transport;
using MailProxy.Transport.Splice;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Benchmarks.Pump;

/// <summary>A client's and a store's plain sockets, and between them two connections of a transport that are joined.</summary>
internal sealed class SplicedPair : IAsyncDisposable
{
    private static readonly SpliceSettings Settings = new(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));

    private readonly IMailTransport _transport;
    private readonly ConnectionContext _inside;
    private readonly ConnectionContext _outside;
    private readonly Task _splicing;

    private SplicedPair(IMailTransport transport, Socket client, Socket store, ConnectionContext inside, ConnectionContext outside)
    {
        (_transport, Client, Store, _inside, _outside) = (transport, client, store, inside, outside);
        _splicing = inside.Features.Get<ISpliceFeature>()!.SpliceAsync(outside, Settings, CancellationToken.None);
    }

    public Socket Client { get; }

    public Socket Store { get; }

    public static async Task<SplicedPair> CreateAsync(string transportName)
    {
        var transport = Transports.Create(transportName);
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        // Nothing asynchronous on our own sockets: .NET would then wait for them through a thread of its own, and that would be measured too.
        var client = NewSocket();
        Connect(client, listener.EndPoint);
        var inside = await listener.AcceptAsync();

        using var storeListener = NewSocket();
        storeListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        storeListener.Listen();
        var outside = await transport.ConnectAsync(storeListener.LocalEndPoint!);
        var store = Accept(storeListener);
        store.NoDelay = true;
        return new SplicedPair(transport, client, store, inside!, outside);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Store.Dispose();
        await _splicing;
        await _inside.DisposeAsync();
        await _outside.DisposeAsync();
        (_transport as IDisposable)?.Dispose();
    }

    private static void Connect(Socket socket, EndPoint endPoint) => socket.Connect(endPoint);

    private static Socket Accept(Socket listener) => listener.Accept();

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
}
