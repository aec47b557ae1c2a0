using System.Runtime.InteropServices;

namespace MailProxy.Transport.Linux.Native;

/// <summary>The system calls of this transport. Each returns -1 on failure; errno is <see cref="Marshal.GetLastPInvokeError"/>.</summary>
/// <remarks>
/// The descriptors of connections are plain integers here: a connection lives in its reactor's table until the reactor closes it, so nothing can
/// collect it early, and reference counts on each call would cost more than the calls that move a small piece. Descriptors that live as long as
/// a listener or a reactor are <see cref="SafeDescriptor"/>s.
/// </remarks>
internal static unsafe partial class Libc
{
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int FamilyV4 = 2;
    public const int FamilyV6 = 10;
    public const int Stream = 1;

    public const int SolSocket = 1;
    public const int ReuseAddress = 2;
    public const int SocketErrorOption = 4;
    public const int KeepAlive = 9;
    public const int Linger = 13;
    public const int ReusePort = 15;

    public const int IpTcp = 6;
    public const int TcpNoDelay = 1;
    public const int TcpKeepIdle = 4;
    public const int TcpKeepInterval = 5;
    public const int TcpKeepCount = 6;
    public const int TcpUserTimeout = 18;

    public const int IpV6 = 41;
    public const int V6Only = 26;

    public const int NoSignal = 0x4000;
    public const int More = 0x8000;
    public const int ShutdownWrite = 1;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;

    public const int SetPipeSize = 1031;

    public const uint SpliceMove = 1;
    public const uint SpliceNonBlocking = 2;

    private const string Name = "libc";

    [LibraryImport(Name, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Name, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, void* epollEvent);

    [LibraryImport(Name, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, void* events, int count, int milliseconds);

    [LibraryImport(Name, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Name, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Name, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, byte* address, int length);

    [LibraryImport(Name, EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport(Name, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int descriptor, byte* address, int* length, int flags);

    [LibraryImport(Name, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport(Name, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int SocketName(int descriptor, byte* address, int* length);

    [LibraryImport(Name, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int option, void* value, int length);

    [LibraryImport(Name, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int descriptor, int level, int option, void* value, int* length);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Name, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport(Name, EntryPoint = "splice", SetLastError = true)]
    public static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

    [LibraryImport(Name, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport(Name, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, nint argument);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeDescriptor descriptor, void* buffer, nint length);

    [LibraryImport(Name, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary>Sets an option of four octets. False when the system refuses.</summary>
    public static bool TrySetOption(int descriptor, int level, int option, int value) => SetOption(descriptor, level, option, &value, sizeof(int)) == 0;
}
