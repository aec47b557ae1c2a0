namespace MailProxy.Transport.Linux.Reactors;

/// <summary>Small buffers of one reactor: a dialogue holds one while it has octets that nobody consumed yet. Not thread-safe.</summary>
internal sealed class BufferPool
{
    /// <summary>A dialogue's lines fit; larger ones are rented elsewhere.</summary>
    public const int BufferSize = 4096;

    // What 256 dialogues at once need; beyond that the collector does as well.
    private const int MaxKept = 512;

    private readonly Stack<byte[]> _free = new();

    /// <summary>A buffer of <see cref="BufferSize"/>.</summary>
    public byte[] Rent() => _free.TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(BufferSize);

    /// <summary>Takes back what <see cref="Rent"/> gave; others are left to the collector.</summary>
    public void Return(byte[] buffer)
    {
        if (buffer.Length == BufferSize && _free.Count < MaxKept)
        {
            _free.Push(buffer);
        }
    }
}
