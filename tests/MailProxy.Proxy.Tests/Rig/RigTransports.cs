using MailProxy.Transport;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Memory;
using MailProxy.Transport.Portable;
using Xunit;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>Makes transports for rigs.</summary>
internal static class RigTransports
{
    /// <summary>A transport of its own for one rig. Two reactors, whatever the machine has: what must stay on one, or cross to another, does so here.</summary>
    public static IMailTransport Create(RigTransport on, TimeProvider time, int reactors = 2) => on switch
    {
        RigTransport.Memory => new MemoryTransport(time),
        RigTransport.Portable => new PortableTransport(time),
        _ => CreateLinux(time, reactors),
    };

    private static LinuxTransport CreateLinux(TimeProvider time, int reactors)
    {
        Assert.SkipUnless(LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");
        return new LinuxTransport(time, reactors: reactors);
    }
}
