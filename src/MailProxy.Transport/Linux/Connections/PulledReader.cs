using System.Buffers;
using System.IO.Pipelines;
using MailProxy.Transport.Connections;
using MailProxy.Transport.Linux.Reactors;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>
/// A connection's Input. It receives only when somebody reads, into one piece of memory that it holds only while there are octets that nobody
/// consumed; how much a reader leaves unconsumed is the reader's bound.
/// </summary>
internal sealed class PulledReader(LinuxConnection connection) : PipeReader, IReadinessWaiter
{
    // A message is one receive; a reader that stops looking at its bound finds no more than this behind it.
    private const int MaxReceive = 16 * 1024;

    // A peer that sends as fast as we read is served so often at once, then the others of the reactor get their turn.
    private const int MaxReceivesPerTurn = 8;

    private readonly Completion<ReadResult> _completion = new();
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _examined;
    private bool _hasEnded;
    private bool _isCompleted;
    private bool _isPending;
    private bool _cancelNext;
    private int _turn;
    private int _receives;
    private int _most = MaxReceive;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    /// <summary>Received and not consumed, examined or not.</summary>
    public ReadOnlyMemory<byte> ReadAhead => _buffer is null ? default : _buffer.AsMemory(_start, _end - _start);

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        if (TryReadBuffered(out var result))
        {
            return ValueTask.FromResult(result);
        }

        var reactor = connection.Reactor;
        if (reactor.IsCurrent && MayReceive(reactor.Turn))
        {
            try
            {
                if (TryReceive(out result))
                {
                    return ValueTask.FromResult(result);
                }
            }
            catch (Exception exception)
            {
                return ValueTask.FromException<ReadResult>(exception);
            }

            Wait(cancellationToken);
            connection.Socket.ReadWaiter = this;
            return _completion.Task;
        }

        Wait(cancellationToken);
        var pending = _completion.Task;
        reactor.Post(static self => ((PulledReader)self!).OnReady(), this);
        return pending;
    }

    /// <summary>Receives so many octets at most, and leaves the rest where it is.</summary>
    public async ValueTask<int> ReceiveAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        _most = Math.Min(target.Length, MaxReceive);
        try
        {
            var result = await ReadAsync(cancellationToken);
            var length = (int)result.Buffer.Length;
            result.Buffer.CopyTo(target.Span);
            AdvanceTo(result.Buffer.End);
            return length;
        }
        finally
        {
            _most = MaxReceive;
        }
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => TryReadBuffered(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_buffer is null)
        {
            return;
        }

        // One segment over an array: a position's integer is the index in it, without the bit that marks an array's end.
        _start = Math.Clamp(consumed.GetInteger() & int.MaxValue, _start, _end);
        _examined = Math.Clamp(examined.GetInteger() & int.MaxValue, _start, _end);
        if (_start == _end)
        {
            Release();
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        Volatile.Write(ref _cancelNext, true);
        connection.Reactor.Post(static self => ((PulledReader)self!).EndCancelled(), this);
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        _isCompleted = true;
        Release();
    }

    /// <summary>Tries again what is pending; on the reactor's thread.</summary>
    public void OnReady()
    {
        if (!_isPending)
        {
            return;
        }

        ReadResult result;
        try
        {
            if (!TryReceive(out result))
            {
                connection.Socket.ReadWaiter = this;
                return;
            }
        }
        catch (Exception exception)
        {
            EndWait();
            _completion.Fail(exception);
            return;
        }

        EndWait();
        _completion.Succeed(result);
    }

    private bool MayReceive(int turn)
    {
        if (_turn != turn)
        {
            (_turn, _receives) = (turn, 0);
        }

        return ++_receives <= MaxReceivesPerTurn;
    }

    private bool TryReadBuffered(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(_isCompleted, this);
        var isCancelled = Volatile.Read(ref _cancelNext);
        if (!isCancelled && !_hasEnded && (_buffer is null || _examined == _end))
        {
            result = default;
            return false;
        }

        Volatile.Write(ref _cancelNext, false);
        result = Result(isCancelled);
        return true;
    }

    private ReadResult Result(bool isCancelled) =>
        new(_buffer is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start), isCancelled, _hasEnded);

    private bool TryReceive(out ReadResult result)
    {
        result = default;
        var socket = connection.Socket;
        if (socket.IsClosed)
        {
            throw ChannelErrors.Aborted();
        }

        if (!socket.IsReadable)
        {
            return false;
        }

        // Into the reactor's buffer, and from there into as much of our own as is needed: nothing is held while nothing came.
        var piece = connection.Reactor.Shared.AsSpan(0, _most);
        var received = socket.Receive(piece);
        if (received > 0)
        {
            Reserve(received);
            piece[..received].CopyTo(_buffer.AsSpan(_end));
            _end += received;
            result = Result(isCancelled: false);
            return true;
        }

        if (received == LinuxSocket.WouldBlock)
        {
            return false;
        }

        if (received < 0)
        {
            throw SocketErrors.Of(socket, received);
        }

        _hasEnded = true;
        result = Result(isCancelled: false);
        return true;
    }

    private void Reserve(int wanted)
    {
        if (_buffer is null)
        {
            _buffer = connection.Reactor.Buffers.Rent(wanted);
            (_start, _end, _examined) = (0, 0, 0);
            return;
        }

        if (_buffer.Length - _end >= wanted)
        {
            return;
        }

        // The reader wants more at once than fits: from the front if there is room, else into twice as much.
        var length = _end - _start;
        var target = length + wanted <= _buffer.Length ? _buffer : connection.Reactor.Buffers.Rent(Math.Max(_buffer.Length * 2, length + wanted));
        Buffer.BlockCopy(_buffer, _start, target, 0, length);
        if (target != _buffer)
        {
            connection.Reactor.Buffers.Return(_buffer);
            _buffer = target;
        }

        (_start, _end, _examined) = (0, length, _examined - _start);
    }

    private void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            (_start, _end, _examined) = (0, 0, 0);
            connection.Reactor.Buffers.Return(buffer);
        }
    }

    private void Wait(CancellationToken cancellationToken)
    {
        if (_isPending)
        {
            throw new InvalidOperationException("A read is under way already.");
        }

        _isPending = true;
        _completion.Begin();
        if (cancellationToken.CanBeCanceled)
        {
            _token = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(
                static self => ((PulledReader)self!).PostTokenCancelled(), this);
        }
    }

    private void EndWait()
    {
        _isPending = false;
        connection.Socket.ReadWaiter = null;
        _token = default;
        // Unregister does not wait for a callback that runs now; that one only posts, and finds nothing pending or another token.
        _registration.Unregister();
        _registration = default;
    }

    private void PostTokenCancelled() => connection.Reactor.Post(static self => ((PulledReader)self!).EndByToken(), this);

    private void EndByToken()
    {
        if (_isPending && _token.IsCancellationRequested)
        {
            var token = _token;
            EndWait();
            _completion.Fail(new OperationCanceledException(token));
        }
    }

    private void EndCancelled()
    {
        if (_isPending && Volatile.Read(ref _cancelNext))
        {
            Volatile.Write(ref _cancelNext, false);
            EndWait();
            _completion.Succeed(Result(isCancelled: true));
        }
    }
}
