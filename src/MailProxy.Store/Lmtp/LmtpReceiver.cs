using System.Buffers;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Store.Serving;

namespace MailProxy.Store.Lmtp;

/// <summary>Reads content from a peer, piece by piece: the next is asked for when the engine has taken the last.</summary>
internal sealed class LmtpReceiver(LineConnection peer, TimeSpan idleLimit)
{
    private readonly ArrayBufferWriter<byte> _piece = new();

    /// <summary>DATA: up to the lone dot. False: the peer went away before it.</summary>
    public async ValueTask<bool> ReceiveDottedAsync(LmtpMessage message)
    {
        var dots = new DotReader();
        while (true)
        {
            if (await peer.ReadPieceAsync(idleLimit) is not { } buffer)
            {
                return false;
            }

            _piece.ResetWrittenCount();
            var status = dots.TryRead(buffer, message.Refusal is null ? _piece : null, out var consumed);
            peer.Advance(consumed);
            if (dots.HasBareLineEnd)
            {
                message.RefuseLineEnds();
            }

            await message.WriteAsync(_piece.WrittenMemory);
            if (status == ReadStatus.Done)
            {
                return true;
            }
        }
    }

    /// <summary>BDAT: <paramref name="size"/> octets, into the message or, without one, nowhere. False: the peer went away before the last.</summary>
    public async ValueTask<bool> ReceiveChunkAsync(LmtpMessage? message, long size)
    {
        while (size > 0)
        {
            if (await peer.ReadPieceAsync(idleLimit) is not { } buffer)
            {
                return false;
            }

            var part = buffer.Slice(0, Math.Min(size, buffer.Length));
            if (message is not null)
            {
                foreach (var octets in part)
                {
                    await message.WriteChunkAsync(octets);
                }
            }

            size -= part.Length;
            peer.Advance(part.End);
        }

        return true;
    }
}
