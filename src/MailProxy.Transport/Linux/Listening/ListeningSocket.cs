using System.Net;
using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Native;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Linux.Listening;

/// <summary>Makes the listening sockets of one endpoint: one for each reactor, sharing the port (SO_REUSEPORT).</summary>
internal static unsafe class ListeningSocket
{
    // As Kestrel's; the kernel caps it at net.core.somaxconn.
    private const int Backlog = 4096;

    /// <summary>Errors: <see cref="AddressInUseException"/>; <see cref="System.Net.Sockets.SocketException"/> for everything else the system refuses.</summary>
    /// <returns>The sockets, and the endpoint with its real port.</returns>
    public static (List<SafeDescriptor> Sockets, IPEndPoint Bound) Open(IPEndPoint endPoint, int count)
    {
        var sockets = new List<SafeDescriptor>();
        try
        {
            // The first binds without sharing, or we would silently share the port of another listener of the same user.
            sockets.Add(Bind(endPoint, isShared: false));
            var bound = NameOf(sockets[0]);
            Require(Libc.TrySetOption(sockets[0].Value, Libc.SolSocket, Libc.ReusePort, 1));
            while (sockets.Count < count)
            {
                sockets.Add(Bind(bound, isShared: true));
            }

            foreach (var socket in sockets)
            {
                Require(Libc.Listen(socket.Value, Backlog) == 0);
            }

            return (sockets, bound);
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static SafeDescriptor Bind(IPEndPoint endPoint, bool isShared)
    {
        var family = SocketAddressCodec.FamilyOf(endPoint);
        var socket = SafeDescriptor.Of(Libc.Socket(family, Libc.Stream | Libc.NonBlocking | Libc.CloseOnExec, 0));
        try
        {
            Require(Libc.TrySetOption(socket.Value, Libc.SolSocket, Libc.ReuseAddress, 1));
            if (isShared)
            {
                Require(Libc.TrySetOption(socket.Value, Libc.SolSocket, Libc.ReusePort, 1));
            }

            if (family == Libc.FamilyV6)
            {
                // [::] stands for IPv4 as well, as with the portable transport.
                Require(Libc.TrySetOption(socket.Value, Libc.IpV6, Libc.V6Only, endPoint.Address.Equals(IPAddress.IPv6Any) ? 0 : 1));
            }

            SocketOptions.NoDelay(socket.Value);
            SocketOptions.KeepAlive(socket.Value);
            var address = stackalloc byte[SocketAddressCodec.MaxLength];
            var length = SocketAddressCodec.Write(endPoint, new Span<byte>(address, SocketAddressCodec.MaxLength));
            Require(Libc.Bind(socket.Value, address, length) == 0);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPEndPoint NameOf(SafeDescriptor socket)
    {
        var address = stackalloc byte[SocketAddressCodec.MaxLength];
        var length = SocketAddressCodec.MaxLength;
        Require(Libc.SocketName(socket.Value, address, &length) == 0);
        return SocketAddressCodec.Read(new ReadOnlySpan<byte>(address, length))!;
    }

    private static void Require(bool isDone)
    {
        if (!isDone)
        {
            var errno = Marshal.GetLastPInvokeError();
            var exception = Errno.ToException(errno);
            throw errno == Errno.AddressInUse ? new AddressInUseException(exception.Message, exception) : exception;
        }
    }
}
