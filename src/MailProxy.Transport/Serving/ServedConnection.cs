using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Serving;

/// <summary>
/// An accepted connection from the server's point of view. It is over when the serving method returns, unless that handed it over: a spliced
/// session lives for days, and needs no method that waits so long.
/// </summary>
public sealed class ServedConnection : IThreadPoolWorkItem
{
    private readonly ConnectionServer _server;

    internal ServedConnection(ConnectionServer server, ConnectionContext connection) => (_server, Connection, Client) = (server, connection, server.CountedAs(connection));

    /// <summary>The connection. The server disposes it.</summary>
    public ConnectionContext Connection { get; }

    /// <summary>Kept, because a connection's address may be another by the time it leaves, and then the wrong one would be counted out.</summary>
    internal EndPoint? Client { get; set; }

    /// <summary>Its place among the live ones.</summary>
    internal int Index { get; set; }

    /// <summary>Null while the serving method runs.</summary>
    internal IHandedOver? Rest { get; private set; }

    /// <summary>The peer speaks for this client: it is counted by the client's network. False: that has as many connections as it may, and this one must not be served.</summary>
    /// <param name="client">An IP endpoint; others are counted in all only.</param>
    public bool TrySpeakFor(EndPoint? client) => _server.TryCount(this, client);

    /// <summary>The serving method may return now; <see cref="End"/> must follow, once, maybe before that.</summary>
    public void HandOver(IHandedOver rest)
    {
        Rest = rest;
        // The stop may have passed by in between: it looks at those that it finds handed over, we look whether it began.
        Interlocked.MemoryBarrier();
        if (_server.IsStopping)
        {
            rest.Stop();
        }

        if (_server.IsCutting)
        {
            rest.Cut();
        }
    }

    /// <summary>A connection that was handed over has ended.</summary>
    public void End() => _ = _server.ReleaseAsync(this);

    /// <summary>Serves it on this thread, as far as that goes without waiting.</summary>
    void IThreadPoolWorkItem.Execute() => _ = _server.ServeAsync(this);
}
