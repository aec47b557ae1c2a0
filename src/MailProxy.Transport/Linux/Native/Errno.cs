using System.Net.Sockets;

namespace MailProxy.Transport.Linux.Native;

/// <summary>errno(3) of Linux, as far as we tell values apart (asm-generic; the same on x86-64 and arm64).</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int AccessDenied = 13;
    public const int TooManyInSystem = 23;
    public const int TooManyInProcess = 24;
    public const int BrokenPipe = 32;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NoBuffers = 105;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int InProgress = 115;

    private const int NoMemory = 12;
    private const int FamilyNotSupported = 97;
    private const int NetworkUnreachable = 101;
    private const int TimedOut = 110;
    private const int Refused = 111;
    private const int HostUnreachable = 113;

    /// <summary>Descriptors or memory ran out: no fault of one connection.</summary>
    public static bool IsShortage(int errno) => errno is TooManyInSystem or TooManyInProcess or NoBuffers or NoMemory;

    /// <summary>The same as .NET's own sockets throw.</summary>
    public static SocketException ToException(int errno) => new((int)(errno switch
    {
        AccessDenied => SocketError.AccessDenied,
        TooManyInSystem or TooManyInProcess => SocketError.TooManyOpenSockets,
        FamilyNotSupported => SocketError.AddressFamilyNotSupported,
        AddressInUse => SocketError.AddressAlreadyInUse,
        AddressNotAvailable => SocketError.AddressNotAvailable,
        NetworkUnreachable => SocketError.NetworkUnreachable,
        ConnectionAborted => SocketError.ConnectionAborted,
        ConnectionReset => SocketError.ConnectionReset,
        NoBuffers or NoMemory => SocketError.NoBufferSpaceAvailable,
        TimedOut => SocketError.TimedOut,
        Refused => SocketError.ConnectionRefused,
        HostUnreachable => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    }));
}
