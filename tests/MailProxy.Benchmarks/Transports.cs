using MailProxy.Transport;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Portable;

namespace MailProxy.Benchmarks;

/// <summary>The transports that a node can run on here.</summary>
internal static class Transports
{
    public const string Linux = "linux";
    public const string Portable = "portable";

    public static IEnumerable<string> Names => LinuxSupport.Problem is null ? [Linux, Portable] : [Portable];

    /// <summary>A new one. The Linux transport has one reactor: on a node a session's two sockets are always on the same.</summary>
    public static IMailTransport Create(string name) => name == Linux ? new LinuxTransport(reactors: 1) : new PortableTransport();
}
