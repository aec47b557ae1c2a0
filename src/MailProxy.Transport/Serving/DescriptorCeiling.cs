using System.Runtime.InteropServices;

namespace MailProxy.Transport.Serving;

/// <summary>
/// Keeps the last descriptors of the process for those who need them most. .NET's runtime does not survive it when it cannot open a file in the
/// wrong moment, so connections never take all. The kernel gives out the lowest number that is free: one above a ceiling says how few are left.
/// </summary>
internal static unsafe class DescriptorCeiling
{
    // Of these, dialling and pipes may take some; the rest is the runtime's: assemblies, files, logs.
    private const int ForAllButAccepted = 64;
    private const int ForRuntime = 24;

    // <sys/resource.h>
    private const int NumberOfFiles = 7;

    // A limit that is tiny (a test, a mistake) is shared in halves at least.
    private const int Least = 2;

    private static readonly long Limit = OperatingSystem.IsLinux() ? Find() : int.MaxValue;

    /// <summary>An accepted connection at or above it is one too many.</summary>
    public static long Accepted { get; } = Limit - Math.Min(ForAllButAccepted, Limit / Least);

    /// <summary>The same for a socket to a store and for a pipe.</summary>
    public static long Own { get; } = Limit - Math.Min(ForRuntime, Limit / (Least * Least));

    private static long Find()
    {
        // struct rlimit { soft, hard }; the runtime has made the soft one as large as the hard one by now.
        var limits = stackalloc ulong[2];
        return GetLimit(NumberOfFiles, limits) == 0 && limits[0] < int.MaxValue ? (long)limits[0] : int.MaxValue;
    }

    [DllImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, ulong* limits);
}
