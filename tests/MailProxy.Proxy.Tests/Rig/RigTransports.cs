using MailProxy.Transport;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Memory;
using MailProxy.Transport.Portable;
using Xunit;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>Makes transports for rigs.</summary>
internal static class RigTransports
{
    /// <summary>A transport of its own for one rig.</summary>
    public static IMailTransport Create(RigTransport on, TimeProvider time) => on switch
    {
        RigTransport.Memory => new MemoryTransport(time),
        RigTransport.Portable => new PortableTransport(time),
        _ => CreateLinux(time),
    };

    private static LinuxTransport CreateLinux(TimeProvider time)
    {
        Assert.SkipUnless(LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");

        // Two, whatever the machine has: what must stay on one reactor, or cross to another, does so here.
        return new LinuxTransport(time, reactors: 2);
    }
}
