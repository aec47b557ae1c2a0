using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>What .NET does not offer: hard links, and fsync of folders and file systems. Errors are IOExceptions whose HResult is errno.</summary>
internal static class NativeFiles
{
    /// <summary>EMLINK on Linux and macOS: ext4 stops at 65,000 links of a file.</summary>
    public const int TooManyLinks = 31;

    private const int ReadOnly = 0;

    // fcntl.h of Linux on x64 and arm64; macOS has another value.
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>link(2): <paramref name="created"/> becomes another name of <paramref name="existing"/>'s content.</summary>
    public static void CreateHardLink(string existing, string created)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!CreateHardLinkW(WideOf(created), WideOf(existing), IntPtr.Zero))
            {
                throw new IOException($"Cannot link {created}: {new Win32Exception().Message}", Marshal.GetHRForLastWin32Error());
            }

            return;
        }

        if (link(Utf8Of(existing), Utf8Of(created)) != 0)
        {
            throw LastError($"Cannot link {created}");
        }
    }

    /// <summary>Makes a folder's entries durable. Windows has no such call: NTFS journals them by itself.</summary>
    public static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            WithDescriptor(folder, fsync);
        }
    }

    /// <summary>Makes everything on the file system of <paramref name="folder"/> durable.</summary>
    public static void SyncFileSystem(string folder)
    {
        if (OperatingSystem.IsLinux())
        {
            WithDescriptor(folder, syncfs);
        }
        else if (!OperatingSystem.IsWindows())
        {
            sync();
        }
    }

    private static void WithDescriptor(string folder, Func<int, int> call)
    {
        int descriptor = open(Utf8Of(folder), ReadOnly | CloseOnExec);
        if (descriptor < 0)
        {
            throw LastError($"Cannot open folder {folder}");
        }

        try
        {
            if (call(descriptor) != 0)
            {
                throw LastError($"Cannot make folder {folder} durable");
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    private static IOException LastError(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    private static byte[] Utf8Of(string path) => Encoding.UTF8.GetBytes(path + '\0');

    private static byte[] WideOf(string path) => Encoding.Unicode.GetBytes(path + '\0');

    [DllImport("libc", SetLastError = true)]
    private static extern int link(byte[] existing, byte[] created);

    [DllImport("libc", SetLastError = true)]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int syncfs(int descriptor);

    [DllImport("libc")]
    private static extern void sync();

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);

    [DllImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CreateHardLinkW(byte[] created, byte[] existing, IntPtr security);
}
