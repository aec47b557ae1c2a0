namespace MailProxy.Proxy.Milter;

/// <summary>Filters that judge and change messages at MX and submission, in this order.</summary>
public sealed class MilterOptions
{
    // Below a page nothing would be gained, and above it a few dozen transactions would be felt.
    private const int LeastMemory = 4_096;
    private const int MostMemory = 16 * 1024 * 1024;

    // Of the 9 min (Limits:RelayVerdict) the stores keep two: one to be opened again, one to take the message and answer.
    private static readonly TimeSpan LongestMessage = TimeSpan.FromMinutes(7);

    /// <summary>The milters. None: messages are streamed to the stores as they come, and nothing is kept.</summary>
    public List<MilterServerOptions> Servers { get; set; } = [];

    /// <summary>Octets of a message kept in memory while it is judged; what is more goes into a file. Nine of ten messages are smaller than 128 KiB.</summary>
    public int SpoolMemory { get; set; } = 128 * 1024;

    /// <summary>Folder of those files; they have no name there once they are open. Empty: the system's for temporary files.</summary>
    public string SpoolPath { get; set; } = "";

    /// <summary>
    /// What all milters together may take for a message, from its final dot on. A client waits 10 min for the answer to its dot (RFC 5321 4.5.3.2.6), ours comes within 9
    /// (Limits:RelayVerdict), and the stores, which hear of the message only then, want most of that.
    /// </summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>What becomes of a message that a milter wants quarantined.</summary>
    public MilterQuarantine Quarantine { get; set; } = MilterQuarantine.Reject;

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (SpoolMemory is < LeastMemory or > MostMemory)
        {
            yield return $"{path}:{nameof(SpoolMemory)}: give {LeastMemory} to {MostMemory} octets.";
        }

        if (SpoolPath.Length > 0 && !System.IO.Directory.Exists(SpoolPath))
        {
            yield return $"{path}:{nameof(SpoolPath)}: there is no folder '{SpoolPath}'.";
        }

        if (MessageTimeout <= TimeSpan.Zero || MessageTimeout > LongestMessage)
        {
            yield return $"{path}:{nameof(MessageTimeout)}: give a time above zero and up to {LongestMessage}, like \"00:04:00\"; the stores need the rest of the 10 minutes that senders wait.";
        }

        for (var i = 0; i < Servers.Count; i++)
        {
            foreach (var error in Servers[i].Validate($"{path}:{nameof(Servers)}:{i}"))
            {
                yield return error;
            }
        }

        foreach (var twice in Servers.GroupBy(server => server.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return $"{path}:{nameof(Servers)}: '{twice.Key}' is named twice.";
        }
    }
}
