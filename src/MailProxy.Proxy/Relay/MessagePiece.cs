using System.Buffers;
using System.Buffers.Text;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// What was read of a message and not passed on yet, with room in front for the command of a chunk: one piece of memory for all stores, and it goes out in
/// one call to each.
/// </summary>
internal sealed class MessagePiece : IBufferWriter<byte>, IDisposable
{
    /// <summary>For <c>BDAT 123456789 LAST</c> CRLF.</summary>
    public const int Headroom = 32;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(MessageFanOut.PieceLength + MessageFanOut.ReadLength + Headroom);
    private int _end = Headroom;

    /// <summary>Octets in it.</summary>
    public int Length => _end - Headroom;

    /// <summary>The content.</summary>
    public ReadOnlySpan<byte> Content => _buffer.AsSpan(Headroom, Length);

    /// <summary>Forgets the content.</summary>
    public void Clear() => _end = Headroom;

    /// <summary>The content as it is; valid until the next change.</summary>
    public ReadOnlyMemory<byte> AsOctets() => _buffer.AsMemory(Headroom, Length);

    /// <summary>The content behind its BDAT command (RFC 3030 2); valid until the next change.</summary>
    public ReadOnlyMemory<byte> AsChunk(bool isLast)
    {
        Span<byte> command = stackalloc byte[Headroom];
        "BDAT "u8.CopyTo(command);
        Utf8Formatter.TryFormat(Length, command[5..], out var digits);
        var end = isLast ? " LAST\r\n"u8 : "\r\n"u8;
        end.CopyTo(command[(5 + digits)..]);
        command = command[..(5 + digits + end.Length)];
        command.CopyTo(_buffer.AsSpan(Headroom - command.Length));
        return _buffer.AsMemory(Headroom - command.Length, command.Length + Length);
    }

    /// <inheritdoc/>
    public void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_end);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_end);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // Dots that are stuffed can double what is nothing but dots; anything else fits from the beginning.
    private void Reserve(int sizeHint)
    {
        if (_buffer.Length - _end >= Math.Max(sizeHint, 1))
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _end + sizeHint));
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
