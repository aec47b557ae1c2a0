using System.Net;

namespace MailProxy.Transport.Connections;

/// <summary>
/// The octets of one connection, below TLS. Reading is pulled: nothing is received before somebody asks, so that a ClientHello cannot be
/// mistaken for clear bytes behind STARTTLS. A read into an empty buffer waits for readiness and holds no memory.
/// </summary>
/// <remarks>
/// Errors: a peer that broke the connection is <see cref="Microsoft.AspNetCore.Connections.ConnectionResetException"/>, our own
/// <see cref="Abort"/> or dispose is <see cref="Microsoft.AspNetCore.Connections.ConnectionAbortedException"/>.
/// </remarks>
internal abstract class ByteChannel : AsyncStream
{
    /// <summary>Our side's address.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Ends our direction only: the peer reads an end of file and may go on sending. Harmless when repeated or too late.</summary>
    public abstract void ShutdownSend();

    /// <summary>Breaks the connection: the peer sees a reset, never an orderly end. Harmless when repeated.</summary>
    public abstract void Abort();

    /// <summary>Throws away what was received and not read; unread octets would turn our close into a reset that swallows our last words.</summary>
    public abstract void DiscardReceived();
}
