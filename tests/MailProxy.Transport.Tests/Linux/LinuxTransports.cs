using MailProxy.Transport.Linux;
using Xunit;

namespace MailProxy.Transport.Tests.Linux;

/// <summary>Makes the transport that the suites of this folder run on.</summary>
internal static class LinuxTransports
{
    /// <summary>Elsewhere the test is skipped, with the reason.</summary>
    public static LinuxTransport Create(TimeProvider time)
    {
        Assert.SkipUnless(LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");

        // Two, whatever the machine has: what must cross from one reactor to another does so here.
        return new LinuxTransport(time, reactors: 2);
    }
}
