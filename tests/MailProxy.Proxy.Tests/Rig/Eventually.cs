using System.Diagnostics;
using MailProxy.Testing;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>For what a node does in its own time behind a connection's end.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until a line that holds a text was logged; returns it.</summary>
    public static async Task<string> SeeAsync(this RecordingLogger log, string text)
    {
        await TrueAsync(() => log.Entries.Any(entry => entry.Text.Contains(text, StringComparison.Ordinal)), $"a line with '{text}' in:\n{string.Join('\n', log.Entries.Select(entry => entry.Text))}");
        return log.Entries.First(entry => entry.Text.Contains(text, StringComparison.Ordinal)).Text;
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task TrueAsync(Func<bool> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new DialogueException($"Not within {Patience}: {what}");
            }

            await Beat.WaitAsync(5);
        }
    }
}
