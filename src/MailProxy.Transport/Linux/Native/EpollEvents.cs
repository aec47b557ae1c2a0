using System.Runtime.InteropServices;

namespace MailProxy.Transport.Linux.Native;

/// <summary>An array of struct epoll_event: events (4), on all but x86-64 padding (4), data (8).</summary>
internal sealed unsafe class EpollEvents
{
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint PeerHangUp = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    /// <summary>Room for one event, on any processor.</summary>
    public const int MaxEventSize = 16;

    // The kernel packs the structure on x86-64 only.
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly byte[] _memory;
    private readonly byte* _start;

    /// <summary>Room for <paramref name="count"/> events.</summary>
    public EpollEvents(int count)
    {
        Count = count;
        _memory = GC.AllocateArray<byte>(count * MaxEventSize, pinned: true);
        _start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
    }

    /// <summary>How many fit.</summary>
    public int Count { get; }

    /// <summary>For epoll_wait.</summary>
    public void* Start => _start;

    /// <summary>One event as the kernel wrote it.</summary>
    public (uint Events, ulong Data) this[int index]
    {
        get
        {
            var at = _start + (index * (DataAt + sizeof(ulong)));
            return (*(uint*)at, *(ulong*)(at + DataAt));
        }
    }

    /// <summary>Writes one event for epoll_ctl; <paramref name="target"/> has <see cref="MaxEventSize"/> octets.</summary>
    public static void Write(byte* target, uint events, ulong data)
    {
        *(uint*)target = events;
        *(ulong*)(target + DataAt) = data;
    }
}
