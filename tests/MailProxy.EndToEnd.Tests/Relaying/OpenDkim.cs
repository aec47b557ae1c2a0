using System.Diagnostics;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Relaying;

/// <summary>A real OpenDKIM that signs for example.org, with a key and a socket of its own.</summary>
internal sealed class OpenDkim : WatchedProcess
{
    private OpenDkim(ProcessStartInfo start)
        : base(start)
    {
    }

    /// <summary>Starts it; ends when it listens.</summary>
    public static async Task<OpenDkim> StartAsync(TempDirectory folder, string socket)
    {
        (await ForeignProgram.RunAsync("openssl", ["genrsa", "-traditional", "-out", folder.File("dkim.key"), "2048"])).Expect(0);
        File.SetUnixFileMode(folder.File("dkim.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var configuration = folder.File("opendkim.conf");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            Background no
            AutoRestart no
            Syslog no
            RequireSafeKeys no
            Mode s
            Domain example.org
            Selector test
            KeyFile {folder.File("dkim.key")}
            Canonicalization simple/simple
            Socket local:{socket}
            InternalHosts 127.0.0.1

            """);
        var milter = new OpenDkim(new ProcessStartInfo(ForeignProgram.Find("opendkim")!, ["-f", "-x", configuration]));
        await UnixSockets.AppearsAsync(socket, milter);
        return milter;
    }
}
