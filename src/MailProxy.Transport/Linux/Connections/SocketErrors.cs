using MailProxy.Transport.Connections;
using MailProxy.Transport.Linux.Native;

namespace MailProxy.Transport.Linux.Connections;

/// <summary>Negative results of <see cref="LinuxSocket"/> as the exceptions of every transport.</summary>
internal static class SocketErrors
{
    /// <summary>The peer's doing, or ours when the socket was closed meanwhile.</summary>
    public static Exception Of(LinuxSocket socket, int result) =>
        socket.IsClosed ? ChannelErrors.Aborted() : ChannelErrors.Reset(Errno.ToException(-result));
}
