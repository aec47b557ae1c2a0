using MailProxy.Transport.Linux;
using MailProxy.Transport.Linux.Native;
using Xunit;

namespace MailProxy.Transport.Tests.Linux;

public sealed class SpliceProbeTests
{
    [Fact]
    public void Where_splice_does_not_work_the_operator_is_told_what_to_do()
    {
        Assert.SkipUnless(LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");
        Assert.Null(SplicePipe.Probe());

        // Two sockets without a pipe between them: the kernel says EINVAL.
        using var one = SafeDescriptor.Of(Libc.Socket(Libc.FamilyV4, Libc.Stream | Libc.CloseOnExec, 0));
        using var other = SafeDescriptor.Of(Libc.Socket(Libc.FamilyV4, Libc.Stream | Libc.CloseOnExec, 0));
        Assert.Equal("splice(2) does not work on this kernel (errno 22); use Transport: portable.", SplicePipe.Probe(one.Value, other.Value));
    }
}
