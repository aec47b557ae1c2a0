using System.Buffers;

namespace MailProxy.Transport.Linux.Reactors;

/// <summary>Buffers of one reactor: a dialogue holds one while it has octets that nobody consumed yet, a splice what it could not send.</summary>
internal sealed class BufferPool(Reactor owner)
{
    /// <summary>A dialogue's lines fit; larger ones come from the runtime's pool.</summary>
    public const int BufferSize = 4096;

    // What 256 dialogues at once need; beyond that the collector does as well.
    private const int MaxKept = 512;

    private readonly Stack<byte[]> _free = new();
    private int _rented;
    private int _rentedElsewhere;

    /// <summary>Buffers that were given out and did not come back.</summary>
    public int Rented => Volatile.Read(ref _rented) + Volatile.Read(ref _rentedElsewhere);

    /// <summary>A buffer of <see cref="BufferSize"/>; from any thread, but only the owner's own are pooled.</summary>
    public byte[] Rent()
    {
        Count(1);
        return owner.IsCurrent && _free.TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(BufferSize);
    }

    /// <summary>A buffer of at least so many octets, more than <see cref="BufferSize"/> or not.</summary>
    public byte[] Rent(int octets)
    {
        if (octets <= BufferSize)
        {
            return Rent();
        }

        Count(1);
        return ArrayPool<byte>.Shared.Rent(octets);
    }

    /// <summary>Takes back what <see cref="Rent()"/> gave; from any thread.</summary>
    public void Return(byte[] buffer)
    {
        Count(-1);
        if (buffer.Length != BufferSize)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        else if (owner.IsCurrent && _free.Count < MaxKept)
        {
            _free.Push(buffer);
        }
    }

    private void Count(int change)
    {
        if (owner.IsCurrent)
        {
            _rented += change;
        }
        else
        {
            Interlocked.Add(ref _rentedElsewhere, change);
        }
    }
}
