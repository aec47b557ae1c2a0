using System.IO.Pipelines;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Linux.Reactors;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>A connection's Output: gathers what is written and sends it at the flush, with back-pressure. It holds memory only in between.</summary>
internal sealed class FlushWriter(LinuxConnection connection) : PipeWriter, IReadinessWaiter
{
    private readonly Completion<FlushResult> _completion = new();
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private ReadOnlyMemory<byte> _source;
    private bool _isPending;
    private bool _isEndNext;
    private bool _isCompleted;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _end - _start;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_end);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_end);
    }

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)((_buffer?.Length ?? 0) - _end), nameof(bytes));
        _end += bytes;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => SendAsync(default, cancellationToken);

    /// <summary>Sends straight from the caller's memory, which must stay as it is until this has ended.</summary>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        SendAsync(source, cancellationToken);

    /// <summary>Only a wait for room can be cancelled, by its token.</summary>
    public override void CancelPendingFlush()
    {
        // Nobody here asks for it: flushes end by their token, by an abort, or when the peer reads.
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => connection.StartShutdownSend();

    /// <summary>Sends what waits and ends our direction.</summary>
    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (!_isCompleted && UnflushedBytes > 0 && !connection.IsAborted)
        {
            // Last words and the end go in one segment.
            _isEndNext = true;
            await FlushAsync();
        }

        _isCompleted = true;
        await connection.ShutdownSendAsync();
    }

    /// <summary>What was written and not flushed; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Unflushed => _buffer is null ? default : _buffer.AsMemory(_start, _end - _start);

    /// <summary>Forgets what was written and not flushed; on the reactor's thread. A flush that is under way forgets by itself.</summary>
    public void Discard()
    {
        if (!_isPending)
        {
            Drop();
        }
    }

    /// <summary>Tries again what is pending; on the reactor's thread.</summary>
    public void OnReady()
    {
        if (!_isPending)
        {
            return;
        }

        try
        {
            if (!TrySend())
            {
                connection.Socket.WriteWaiter = this;
                return;
            }
        }
        catch (Exception exception)
        {
            Drop();
            EndWait();
            _completion.Fail(exception);
            return;
        }

        EndWait();
        _completion.Succeed(default);
    }

    private ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        if (_isCompleted)
        {
            throw new InvalidOperationException("The Output was completed.") { Source = "System.IO.Pipelines" };
        }

        if (_isPending)
        {
            throw new InvalidOperationException("A flush is under way already.");
        }

        _source = source;
        var reactor = connection.Reactor;
        if (!reactor.IsCurrent)
        {
            Wait(cancellationToken);
            var pending = _completion.Task;
            reactor.Post(static self => ((FlushWriter)self!).OnReady(), this);
            return pending;
        }

        try
        {
            if (TrySend())
            {
                return new ValueTask<FlushResult>(default(FlushResult));
            }
        }
        catch (Exception exception)
        {
            Drop();
            return ValueTask.FromException<FlushResult>(exception);
        }

        Wait(cancellationToken);
        connection.Socket.WriteWaiter = this;
        return _completion.Task;
    }

    // What was gathered goes first, then the caller's memory.
    private bool TrySend()
    {
        while (_start < _end || !_source.IsEmpty)
        {
            var socket = connection.Socket;
            if (socket.IsClosed)
            {
                throw ChannelErrors.Aborted();
            }

            var isGathered = _start < _end;
            var sent = socket.Send(isGathered ? _buffer.AsSpan(_start, _end - _start) : _source.Span, _isEndNext);
            if (sent == LinuxSocket.WouldBlock)
            {
                return false;
            }

            if (sent < 0)
            {
                throw SocketErrors.Of(socket, sent);
            }

            if (isGathered)
            {
                _start += sent;
            }
            else
            {
                _source = _source[sent..];
            }
        }

        Drop();
        return true;
    }

    private void Reserve(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_buffer is null)
        {
            _buffer = connection.Reactor.Buffers.Rent(wanted);
            return;
        }

        if (_buffer.Length - _end >= wanted)
        {
            return;
        }

        var length = _end - _start;
        var larger = connection.Reactor.Buffers.Rent(Math.Max(_buffer.Length * 2, length + wanted));
        Buffer.BlockCopy(_buffer, _start, larger, 0, length);
        connection.Reactor.Buffers.Return(_buffer);
        (_buffer, _start, _end) = (larger, 0, length);
    }

    private void Drop()
    {
        _source = default;
        (_start, _end) = (0, 0);
        if (_buffer is { } buffer)
        {
            _buffer = null;
            connection.Reactor.Buffers.Return(buffer);
        }
    }

    private void Wait(CancellationToken cancellationToken)
    {
        _isPending = true;
        _completion.Begin();
        if (cancellationToken.CanBeCanceled)
        {
            _token = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(
                static self => ((FlushWriter)self!).PostTokenCancelled(), this);
        }
    }

    private void EndWait()
    {
        _isPending = false;
        connection.Socket.WriteWaiter = null;
        _token = default;
        _registration.Unregister();
        _registration = default;
    }

    private void PostTokenCancelled() => connection.Reactor.Post(static self => ((FlushWriter)self!).EndByToken(), this);

    private void EndByToken()
    {
        if (_isPending && _token.IsCancellationRequested)
        {
            var token = _token;
            // The caller's memory is the caller's again; what was gathered stays for the next flush.
            _source = default;
            EndWait();
            _completion.Fail(new OperationCanceledException(token));
        }
    }
}
