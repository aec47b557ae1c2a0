using System.Diagnostics;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.HaProxy;

/// <summary>A real HAProxy as a child process, never the system's service.</summary>
internal sealed class HaProxyProcess : WatchedProcess
{
    private HaProxyProcess(ProcessStartInfo start)
        : base(start)
    {
    }

    /// <summary>Starts it with these sections behind its defaults; ends when its ports are open.</summary>
    public static async Task<HaProxyProcess> StartAsync(TempDirectory folder, string sections)
    {
        var file = folder.File("haproxy.cfg");
        await File.WriteAllTextAsync(file, $"""
            global
                log stderr format raw local0
                maxconn 100
            defaults
                mode tcp
                log global
                option tcplog
                timeout connect 5s
                timeout client 60s
                timeout server 60s
            {sections}

            """);
        var process = new HaProxyProcess(new ProcessStartInfo(ForeignProgram.Find("haproxy")!, ["-W", "-f", file]));
        await process.SeeAsync("Loading success");
        return process;
    }
}
