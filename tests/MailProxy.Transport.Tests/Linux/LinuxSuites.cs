using MailProxy.Transport.Linux;
using Xunit;

namespace MailProxy.Transport.Tests.Linux;

public sealed class LinuxConnectionTests() : ConnectionSuite(LinuxTransports.Create);

public sealed class LinuxTlsTests() : TlsSuite(LinuxTransports.Create);

public sealed class LinuxSpliceTests() : SpliceSuite(LinuxTransports.Create);

public sealed class LinuxServerTests() : ConnectionServerSuite(LinuxTransports.Create);

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
