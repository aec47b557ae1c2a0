using System.Net;
using System.Net.Sockets;
using MailProxy.Transport.Connections;

namespace MailProxy.Transport.Portable;

/// <summary>A TCP connection as a channel.</summary>
internal sealed class SocketChannel : ByteChannel
{
    // Bounds the work at close for a peer that floods us: what is beyond it turns the close into a reset.
    private const int DiscardLimit = 256 * 1024;

    // Linger of zero: close() sends RST and keeps nothing.
    private static readonly LingerOption ResetOnClose = new(enable: true, seconds: 0);

    private readonly Socket _socket;

    /// <summary>Takes the connected socket over.</summary>
    public SocketChannel(Socket socket)
    {
        _socket = socket;
        // Dialogues are small writes that are waited for; Nagle's delay would cost a round trip each.
        socket.NoDelay = true;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
    }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw ChannelErrors.Of(exception);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken)..];
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw ChannelErrors.Of(exception);
        }
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                buffer = buffer[_socket.Send(buffer, SocketFlags.None)..];
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw ChannelErrors.Of(exception);
        }
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Already gone: there is no direction left to end.
        }
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        try
        {
            _socket.LingerState = ResetOnClose;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Already gone.
        }

        _socket.Dispose();
    }

    /// <inheritdoc/>
    public override void DiscardReceived()
    {
        Span<byte> scrap = stackalloc byte[4096];
        try
        {
            // Even where octets are there, a blocking receive may wait: behind an asynchronous one whose end some thread of the pool is still to tell.
            // All of them waiting at once would be none left to tell it.
            _socket.Blocking = false;
            for (var left = DiscardLimit; left > 0; left -= scrap.Length)
            {
                if (_socket.Receive(scrap, SocketFlags.None, out var error) == 0 || error != SocketError.Success)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Already gone.
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
