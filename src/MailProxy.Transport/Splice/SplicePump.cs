using System.Buffers;
using MailProxy.Transport.Connections;

namespace MailProxy.Transport.Splice;

/// <summary>One direction of a splice. It reads only after it has written: that is the back-pressure.</summary>
internal sealed class SplicePump(
    SpliceSession session, bool isToStore, MailConnection from, MailConnection to, SpliceEnd closed, SpliceEnd fromReset, SpliceEnd toReset)
{
    // Two TLS records; larger pieces gain nothing measurable, and a busy session holds one per direction.
    private const int PieceSize = 32 * 1024;

    // Which peer a failure belongs to: reading fails for `from`, writing for `to`.
    private bool _isWriting;

    /// <summary>Octets written to <c>to</c>.</summary>
    public long Moved { get; private set; }

    /// <summary>The direction ended in order, and its end was passed on.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Pumps until this direction ended or the session stopped.</summary>
    public async Task RunAsync()
    {
        try
        {
            await SendReadAheadAsync();
            while (await MoveAsync())
            {
            }

            session.HalfClosed(closed);
            await to.ShutdownSendAsync();
            HasEnded = true;
        }
        catch (OperationCanceledException)
        {
            // The session was stopped (its cause is on record already), or a connection was aborted on this side.
            session.Stop(SpliceEnd.Cancelled);
        }
        catch (Exception)
        {
            session.Broken(_isWriting ? toReset : fromReset);
        }
    }

    private async ValueTask SendReadAheadAsync()
    {
        _isWriting = true;
        await to.Pipes.Output.FlushAsync(session.Stopping);
        _isWriting = false;
        if (from.Pipes.TryTakeReadAhead(out var ahead))
        {
            foreach (var piece in ahead.Buffer)
            {
                await PassAsync(piece);
            }
        }

        session.Followed(isToStore);
        await from.Pipes.Input.CompleteAsync();
    }

    // False at the end of the direction. The first read waits without a buffer, so that an idle session holds none.
    private async ValueTask<bool> MoveAsync()
    {
        _isWriting = false;
        _ = await from.Stream.ReadAsync(Memory<byte>.Empty, session.Stopping);
        var piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            int read;
            do
            {
                _isWriting = false;
                read = await from.Stream.ReadAsync(piece, session.Stopping);
                if (read == 0)
                {
                    return false;
                }

                await PassAsync(piece.AsMemory(0, read));
            }
            while (read == piece.Length);

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> octets)
    {
        var passing = session.Follow(isToStore, octets.Span);
        if (passing > 0)
        {
            await WriteAsync(octets[..passing]);
        }

        session.Followed(isToStore);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> octets)
    {
        session.Touch();
        _isWriting = true;
        var writing = to.Stream.WriteAsync(octets, session.Stopping);
        var wentAtOnce = writing.IsCompleted;
        await writing;
        Moved += octets.Length;
        if (!wentAtOnce)
        {
            // Something moved when the peer took it at last. What went at once is noted already: noted later, it would be after what the peer did with it.
            session.Touch();
        }
    }
}
