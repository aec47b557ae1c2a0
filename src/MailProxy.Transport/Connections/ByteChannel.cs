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
internal abstract class ByteChannel : Stream
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

    /// <inheritdoc/>
    public sealed override bool CanRead => true;

    /// <inheritdoc/>
    public sealed override bool CanWrite => true;

    /// <inheritdoc/>
    public sealed override bool CanSeek => false;

    /// <inheritdoc/>
    public sealed override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public sealed override void Flush()
    {
    }

    /// <inheritdoc/>
    public sealed override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public sealed override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Not offered: a thread is never blocked for a peer.</summary>
    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Reads are asynchronous here.");

    /// <inheritdoc/>
    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Only a writer that is completed without await comes here.</summary>
    public abstract override void Write(ReadOnlySpan<byte> buffer);

    /// <inheritdoc/>
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override void SetLength(long value) => throw new NotSupportedException();
}
