using System.Globalization;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>Reads from /proc which TCP ports a process listens on.</summary>
internal static class ListeningSockets
{
    // TCP_LISTEN of include/net/tcp_states.h.
    private const string Listening = "0A";

    /// <summary>Ports, each once, ascending.</summary>
    public static async Task<IReadOnlyList<int>> OfAsync(int process)
    {
        var own = new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd"))
            .EnumerateFileSystemInfos()
            .Select(descriptor => descriptor.LinkTarget)
            .Where(target => target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
            .Select(target => target![8..^1])
            .ToHashSet(StringComparer.Ordinal);
        string[] rows = [.. await File.ReadAllLinesAsync("/proc/net/tcp"), .. await File.ReadAllLinesAsync("/proc/net/tcp6")];
        return [.. rows
            .Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listening && own.Contains(fields[9]))
            .Select(fields => int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .Distinct()
            .Order()];
    }
}
