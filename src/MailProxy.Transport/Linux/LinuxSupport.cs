using System.Runtime.InteropServices;
using MailProxy.Transport.Linux.Native;

namespace MailProxy.Transport.Linux;

/// <summary>Tells whether this system can run the Linux transport.</summary>
public static class LinuxSupport
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Null when it runs here; otherwise one sentence for the operator.</summary>
    public static string? Problem => Found.Value;

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "The Linux transport runs on Linux only; use Transport: portable.";
        }

        if (RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return $"The Linux transport knows x64 and arm64, not {RuntimeInformation.ProcessArchitecture}; use Transport: portable.";
        }

        return OpenSslLibrary.Find() ?? SplicePipe.Probe();
    }
}
