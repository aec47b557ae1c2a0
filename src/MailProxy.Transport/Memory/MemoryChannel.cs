using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using MailProxy.Transport.Connections;

namespace MailProxy.Transport.Memory;

/// <summary>One end of a connection in memory: a pipe each way, each bounded like a socket buffer.</summary>
internal sealed class MemoryChannel(PipeReader reader, PipeWriter writer, EndPoint local, EndPoint remote) : ByteChannel
{
    // About what the kernel gives a loopback socket: enough that a dialogue never stalls, small enough that back-pressure shows in tests.
    private const int PauseAt = 64 * 1024;

    private static readonly PipeOptions Options = new(pauseWriterThreshold: PauseAt, resumeWriterThreshold: PauseAt / 2, useSynchronizationContext: false);

    private readonly Lock _gate = new();
    private bool _hasEndedSend;
    private volatile bool _isClosed;
    private Task _lastFlush = Task.CompletedTask;

    /// <inheritdoc/>
    public override EndPoint LocalEndPoint => local;

    /// <inheritdoc/>
    public override EndPoint RemoteEndPoint => remote;

    /// <summary>Two ends of one connection.</summary>
    public static (MemoryChannel Dialler, MemoryChannel Listener) CreatePair(EndPoint dialler, EndPoint listener)
    {
        var up = new Pipe(Options);
        var down = new Pipe(Options);
        return (new MemoryChannel(down.Reader, up.Writer, dialler, listener), new MemoryChannel(up.Reader, down.Writer, listener, dialler));
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult result;
        try
        {
            ThrowIfClosed();
            result = await reader.ReadAsync(cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw ChannelErrors.Aborted(exception);
        }

        // Close gives the pipe's memory back; it must not do so between the read and the copy.
        lock (_gate)
        {
            ThrowIfClosed();
            var length = (int)Math.Min(buffer.Length, result.Buffer.Length);
            var taken = result.Buffer.Slice(0, length);
            taken.CopyTo(buffer.Span);
            // Nothing counts as examined beyond what was taken: the next read must return at once while there is more.
            reader.AdvanceTo(taken.End);
            return length;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FlushResult result;
        try
        {
            ThrowIfClosed();
            await _lastFlush;
            result = await writer.WriteAsync(buffer, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw ChannelErrors.Aborted(exception);
        }

        ThrowIfClosed();
        if (result.IsCompleted)
        {
            // The other end is gone: what was written can never be read.
            throw ChannelErrors.Reset();
        }
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfClosed();
        writer.Write(buffer);
        // Not waited for: the bytes are visible at once, only the back-pressure is ignored, for the last write of a connection.
        _lastFlush = writer.FlushAsync(CancellationToken.None).AsTask();
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        lock (_gate)
        {
            if (!_hasEndedSend)
            {
                _hasEndedSend = true;
                writer.Complete();
            }
        }
    }

    /// <inheritdoc/>
    public override void Abort() => Close(ChannelErrors.Reset());

    /// <inheritdoc/>
    public override void DiscardReceived()
    {
        // Nothing to do: closing a pipe with unread bytes does not swallow what was written to the other.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close(null);
        }

        base.Dispose(disposing);
    }

    // With an error the peer's next read throws it, whatever it has not read yet: that is what a reset does.
    private void Close(Exception? error)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            reader.CancelPendingRead();
            writer.CancelPendingFlush();
            reader.Complete(error);
            if (!_hasEndedSend)
            {
                _hasEndedSend = true;
                writer.Complete(error);
            }
        }
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw ChannelErrors.Aborted();
        }
    }
}
