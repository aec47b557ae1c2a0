namespace MailProxy.Transport.Linux.Native;

/// <summary>Options of every TCP socket here. Accepted ones inherit them from their listener (tcp(7)), which saves the calls per connection.</summary>
internal static class SocketOptions
{
    // An idle IMAP session lives for half an hour and more: the first probe comes before the usual NAT or firewall (5 min and up) forgets it.
    private const int KeepIdleSeconds = 120;

    private const int KeepIntervalSeconds = 30;

    private const int KeepCount = 5;

    // Sent octets that nobody acknowledges for so long end the connection (RFC 5482); as long as the probes would take.
    private const int UserTimeoutMilliseconds = 120_000;

    /// <summary>Small writes that are waited for leave at once. Refused options are left as they are.</summary>
    public static void NoDelay(int descriptor) => _ = Libc.TrySetOption(descriptor, Libc.IpTcp, Libc.TcpNoDelay, 1);

    /// <summary>Dead peers are noticed.</summary>
    public static void KeepAlive(int descriptor)
    {
        _ = Libc.TrySetOption(descriptor, Libc.SolSocket, Libc.KeepAlive, 1);
        _ = Libc.TrySetOption(descriptor, Libc.IpTcp, Libc.TcpKeepIdle, KeepIdleSeconds);
        _ = Libc.TrySetOption(descriptor, Libc.IpTcp, Libc.TcpKeepInterval, KeepIntervalSeconds);
        _ = Libc.TrySetOption(descriptor, Libc.IpTcp, Libc.TcpKeepCount, KeepCount);
        _ = Libc.TrySetOption(descriptor, Libc.IpTcp, Libc.TcpUserTimeout, UserTimeoutMilliseconds);
    }
}
