using Xunit;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>The descriptors of this process by kind: <c>socket</c>, <c>pipe</c>, <c>anon_inode:[eventpoll]</c> ...</summary>
internal static class OpenDescriptors
{
    private const string Folder = "/proc/self/fd";

    /// <summary>Empty where there is no /proc.</summary>
    public static IReadOnlyDictionary<string, int> Count()
    {
        if (!System.IO.Directory.Exists(Folder))
        {
            return new Dictionary<string, int>();
        }

        return System.IO.Directory.GetFileSystemEntries(Folder).Select(KindOf).OfType<string>().CountBy(kind => kind).ToDictionary();
    }

    /// <summary>Until there are no more of any kind than before.</summary>
    public static async Task SettleAsync(IReadOnlyDictionary<string, int> before, TimeSpan patience, Action<string> say)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var now = Count();
            var more = now.Where(kind => kind.Value > before.GetValueOrDefault(kind.Key)).Select(kind => $"{kind.Key}: {before.GetValueOrDefault(kind.Key)} -> {kind.Value}").ToList();
            if (more.Count == 0)
            {
                say("descriptors: " + string.Join(", ", now.Select(kind => $"{kind.Key} {kind.Value}")));
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < patience, "Descriptors were left: " + string.Join(", ", more));
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }
    }

    // Files are the runtime's own affair (assemblies, /dev/null ...).
    private static string? KindOf(string descriptor)
    {
        try
        {
            var target = new FileInfo(descriptor).LinkTarget ?? "";
            return target.StartsWith("anon_inode:", StringComparison.Ordinal) ? target
                : target.StartsWith("socket:", StringComparison.Ordinal) ? "socket"
                : target.StartsWith("pipe:", StringComparison.Ordinal) ? "pipe"
                : null;
        }
        catch (IOException)
        {
            // The one that reads the folder is gone already.
            return null;
        }
    }
}
