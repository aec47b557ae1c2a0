using System.Diagnostics;
using MailProxy.EndToEnd.Tests.Rig;

namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>A real Dovecot as a child process, never the system's service.</summary>
internal sealed class DovecotProcess : WatchedProcess
{
    private DovecotProcess(ProcessStartInfo start)
        : base(start)
    {
    }

    /// <summary>Starts; ends when its ports are open.</summary>
    public static async Task<DovecotProcess> StartAsync(DovecotOptions options)
    {
        var process = new DovecotProcess(new ProcessStartInfo(ForeignProgram.Find("dovecot")!, ["-F", "-c", options.File]));
        await process.SeeAsync("starting up for");
        return process;
    }
}
