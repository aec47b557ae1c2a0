using MailProxy.Transport.Linux.Connections;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Linux.Reactors;
using MailProxy.Transport.Splice;

namespace MailProxy.Transport.Linux.Splice;

/// <summary>
/// One direction of a join. It reads only when everything before was sent: that is the back-pressure. Small pieces go through the reactor's shared
/// memory, bulk between two sockets in clear goes through a pipe within the kernel; what cannot be sent at once is all it ever holds.
/// </summary>
internal sealed class SpliceLeg(SpliceJoin join, bool isToStore) : IReadinessWaiter
{
    // Up to here a copy costs less than the two calls and the page bookkeeping of splice(2); a piece that fills it is the beginning of bulk.
    private const int SmallPiece = 16 * 1024;

    // Bulk that trickles is no bulk.
    private const int BulkPiece = 4 * 1024;

    // One direction moves so many pieces, then the other sessions of the reactor get their turn.
    private const int MaxPieces = 16;

    private LeftOver _left;
    private SplicePipe? _pipe;
    private bool _isBulk;
    private bool _isEnding;

    private LinuxConnection From => isToStore ? join.Client : join.Store;

    private LinuxConnection To => isToStore ? join.Store : join.Client;

    private SpliceEnd Closed => isToStore ? SpliceEnd.ClientClosed : SpliceEnd.StoreClosed;

    private SpliceEnd FromReset => isToStore ? SpliceEnd.ClientReset : SpliceEnd.StoreReset;

    private SpliceEnd ToReset => isToStore ? SpliceEnd.StoreReset : SpliceEnd.ClientReset;

    /// <summary>Octets passed on, or on their way.</summary>
    public long Moved { get; private set; }

    /// <summary>The end was passed on.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What it took is all with the other side.</summary>
    public bool HasSentAll => _left.IsEmpty && _pipe is null or { Filled: 0 };

    /// <summary>What the dialogues wrote and did not flush, and what they received and did not consume, goes first.</summary>
    public void TakeOver()
    {
        var writer = To.Pipes.Writer;
        var ahead = From.Pipes.Reader.ReadAhead.Span;
        ahead = ahead[..Follow(ahead)];
        Moved += ahead.Length;
        _left.Keep(writer.Unflushed.Span, ahead);
        writer.Discard();
        From.Pipes.Reader.Complete();
    }

    /// <summary>Moves what can be moved now.</summary>
    public void OnReady()
    {
        for (var i = 0; i < MaxPieces; i++)
        {
            if (join.HasStopped || HasEnded)
            {
                return;
            }

            if (From.Socket.IsClosed || To.Socket.IsClosed)
            {
                // Aborted on this side.
                join.Stop(SpliceEnd.Cancelled);
                return;
            }

            if (!TrySendLeftOver())
            {
                return;
            }

            if (join.StopIfAtBoundary())
            {
                return;
            }

            if (_isEnding)
            {
                PassEndOn();
                return;
            }

            if (!From.Socket.IsReadable)
            {
                From.Socket.ReadWaiter = this;
                return;
            }

            Move();
        }

        From.Reactor.Post(static self => ((SpliceLeg)self!).OnReady(), this);
    }

    /// <summary>Gives everything back.</summary>
    public void Release()
    {
        if (From.Socket.ReadWaiter == this)
        {
            From.Socket.ReadWaiter = null;
        }

        if (To.Socket.WriteWaiter == this)
        {
            To.Socket.WriteWaiter = null;
        }

        _left.Drop();
        if (_pipe is { } pipe)
        {
            _pipe = null;
            From.Reactor.Pipes.Return(pipe);
        }
    }

    private void Move()
    {
        var isClear = From.Socket.Tls is null && To.Socket.Tls is null;
        var unseen = join.Follower?.Unseen(isToStore) ?? long.MaxValue;
        if (_isBulk && isClear && unseen >= BulkPiece && (_pipe ??= From.Reactor.Pipes.TryRent()) is { } pipe)
        {
            var wanted = (int)Math.Min(unseen, SplicePipe.Capacity);
            var filled = From.Socket.SpliceTo(pipe.WriteEnd, wanted);
            pipe.Filled = Math.Max(filled, 0);
            // The end of what may go unseen is no end of bulk.
            _isBulk = filled >= Math.Min(BulkPiece, wanted);
            if (filled > 0)
            {
                join.Follower?.Pass(isToStore, filled);
            }

            Judge(filled, filled);
            ReleaseEmptyPipe();
            return;
        }

        var shared = From.Reactor.Shared;
        // Bulk that has to be seen goes in as large pieces as there are.
        var piece = shared.AsSpan(0, isClear && !_isBulk ? SmallPiece : shared.Length);
        var received = From.Socket.Receive(piece);
        _isBulk = received >= SmallPiece;
        if (!Judge(received, received))
        {
            return;
        }

        // The last piece and our own end then leave in one segment.
        _isEnding = From.Socket.HasReadEnd;
        var passing = Follow(piece[..received]);
        Moved -= received - passing;
        var octets = piece[..passing];
        while (octets.Length > 0)
        {
            var sent = To.Socket.Send(octets, isEndNext: _isEnding);
            if (sent < 0)
            {
                if (sent != LinuxSocket.WouldBlock)
                {
                    join.Broken(ToReset);
                    return;
                }

                _left.Keep(octets, default);
                return;
            }

            octets = octets[sent..];
        }
    }

    private int Follow(ReadOnlySpan<byte> octets) => join.Follower?.Follow(isToStore, octets) ?? octets.Length;

    // True when octets came.
    private bool Judge(int received, int moved)
    {
        switch (received)
        {
            case > 0:
                Moved += moved;
                join.Touch();
                return true;
            case 0:
                _isEnding = true;
                return false;
            case LinuxSocket.WouldBlock:
                From.Socket.Drained();
                return false;
            default:
                join.Broken(FromReset);
                return false;
        }
    }

    // True when nothing is left.
    private bool TrySendLeftOver()
    {
        while (_pipe is { Filled: > 0 } pipe)
        {
            var sent = To.Socket.SpliceFrom(pipe.ReadEnd, pipe.Filled);
            if (!MayGoOn(sent))
            {
                return false;
            }

            pipe.Filled -= sent;
        }

        ReleaseEmptyPipe();
        while (!_left.IsEmpty)
        {
            var sent = To.Socket.Send(_left.Octets);
            if (!MayGoOn(sent))
            {
                return false;
            }

            _left.Sent(sent);
        }

        return true;
    }

    private bool MayGoOn(int sent)
    {
        if (sent > 0)
        {
            join.Touch();
            return true;
        }

        if (sent == LinuxSocket.WouldBlock)
        {
            To.Socket.WriteWaiter = this;
        }
        else
        {
            join.Broken(ToReset);
        }

        return false;
    }

    private void ReleaseEmptyPipe()
    {
        if (_pipe is { Filled: 0 } empty)
        {
            _pipe = null;
            From.Reactor.Pipes.Return(empty);
        }
    }

    private void PassEndOn()
    {
        // Before anybody can see the end: the limit counts from here.
        join.HalfClosed(Closed);
        if (To.Socket.Tls is { } tls)
        {
            var result = tls.Shutdown();
            if (result == LinuxSocket.WouldBlock)
            {
                To.Socket.WriteWaiter = this;
                return;
            }

            if (result < 0)
            {
                join.Broken(ToReset);
                return;
            }
        }

        if (!join.IsLastLeg(this))
        {
            To.Socket.ShutdownSend();
            To.SendWasEnded();
        }

        HasEnded = true;
        join.LegEnded();
    }
}
