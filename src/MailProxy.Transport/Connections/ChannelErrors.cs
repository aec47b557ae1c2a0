using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Connections;

/// <summary>One vocabulary for what goes wrong on a channel, whatever carries it.</summary>
internal static class ChannelErrors
{
    /// <summary>The peer, or the network between, broke the connection.</summary>
    public static ConnectionResetException Reset(Exception? inner = null) =>
        inner is null ? new ConnectionResetException("The peer reset the connection.") : new ConnectionResetException(inner.Message, inner);

    /// <summary>We ended it ourselves while an operation was under way.</summary>
    public static ConnectionAbortedException Aborted(Exception? inner = null) =>
        inner is null ? new ConnectionAbortedException("The connection was closed on this side.") : new ConnectionAbortedException("The connection was closed on this side.", inner);

    /// <summary>Tells the two apart.</summary>
    public static Exception Of(Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted } => Aborted(exception),
        ObjectDisposedException => Aborted(exception),
        _ => Reset(exception),
    };
}
