using MailProxy.Transport.Linux.Reactors;

namespace MailProxy.Transport.Linux.Splice;

/// <summary>Octets that could not be sent at once. Empty, it holds no memory. On a reactor's thread only.</summary>
internal struct LeftOver
{
    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>Nothing waits.</summary>
    public readonly bool IsEmpty => _buffer is null;

    /// <summary>What waits.</summary>
    public readonly ReadOnlySpan<byte> Octets => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Keeps copies of two pieces; only when it is empty.</summary>
    public void Keep(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = first.Length + second.Length;
        if (length > 0)
        {
            _buffer = Reactor.Current!.Buffers.Rent(length);
            first.CopyTo(_buffer);
            second.CopyTo(_buffer.AsSpan(first.Length));
            (_start, _end) = (0, length);
        }
    }

    /// <summary>So many of them are gone.</summary>
    public void Sent(int octets)
    {
        _start += octets;
        if (_start == _end)
        {
            Drop();
        }
    }

    /// <summary>Forgets all.</summary>
    public void Drop()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            Reactor.Current!.Buffers.Return(buffer);
        }
    }
}
