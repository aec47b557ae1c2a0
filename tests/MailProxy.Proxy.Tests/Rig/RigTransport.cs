namespace MailProxy.Proxy.Tests.Rig;

/// <summary>What carries the connections of a <c>ProxyRig</c>; every dialogue runs on each.</summary>
public enum RigTransport
{
    /// <summary>Pipes in this process.</summary>
    Memory,

    /// <summary>Sockets of .NET and SslStream.</summary>
    Portable,

    /// <summary>epoll, splice(2) and OpenSSL; where it cannot run, its tests are skipped with the reason.</summary>
    Linux,
}
