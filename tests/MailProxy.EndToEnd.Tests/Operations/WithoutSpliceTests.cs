using System.Net;
using System.Runtime.InteropServices;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Portable;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>On a kernel, or in a sandbox, that has no splice(2): here by a seccomp filter, which answers ENOSYS.</summary>
public sealed class WithoutSpliceTests
{
    private const string Reason = "splice(2) does not work on this kernel (errno 38); use Transport: portable.";

    // Sets the filter (seccomp(2), classic BPF: load the call's number; if it is splice, ENOSYS; else allow) and becomes what follows.
    private const string Script = """
        import ctypes, os, struct, sys
        code = b"".join(struct.pack("HBBI", *each) for each in (
            (0x20, 0, 0, 0), (0x15, 0, 1, int(sys.argv[1])), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7FFF0000)))
        buffer = ctypes.create_string_buffer(code)
        program = struct.pack("HxxxxxxQ", 4, ctypes.addressof(buffer))
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, ctypes.c_char_p(program), 0, 0) != 0:
            sys.exit("no seccomp here")
        os.execvp(sys.argv[2], sys.argv[2:])
        """;

    private static string[] Limiter => ["python3", "-c", Script, RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "76" : "275"];

    [Fact]
    public async Task Transport_linux_is_an_error_that_check_finds()
    {
        await RequireAsync();
        using var folder = new TempDirectory();
        var configuration = await SmallProxy.ConfigureAsync(folder, "linux", storePort: 143);
        await using var check = MailProxyProcess.StartWithin(Limiter, "check", "--config", configuration);
        Assert.Equal(1, await check.ExitAsync());
        Assert.Contains($"Transport: {Reason}", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transport_auto_falls_back_to_the_portable_one_says_why_once_and_serves()
    {
        await RequireAsync();
        using var folder = new TempDirectory();
        var configuration = await SmallProxy.ConfigureAsync(folder, "auto", storePort: 143);
        await using var proxy = await SmallProxy.StartAsync(configuration, Limiter);
        await using var client = new DialogueClient(await new PortableTransport().ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)));
        await client.ExpectAsync("* OK *");
        await proxy.Process.SeeAsync("on the portable transport");
        Assert.Equal(1, proxy.Process.CountOf($"The portable transport serves: {Reason}"));
    }

    private static async Task RequireAsync()
    {
        Assert.SkipUnless(LinuxSupport.Problem is null, LinuxSupport.Problem ?? "");
        ForeignProgram.Require("python3");
        var result = await ForeignProgram.RunAsync(Limiter[0], [.. Limiter[1..], "true"]);
        Assert.SkipUnless(result.ExitCode == 0, "seccomp filters are not allowed here");
    }
}
