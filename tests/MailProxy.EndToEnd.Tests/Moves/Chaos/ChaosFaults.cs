namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>What of a client's troubles may be while processes die, and what may not.</summary>
internal static class ChaosFaults
{
    // A client hears of a death as soon as the kernel has sent the end, and its task may wait for a processor.
    private const double Around = 3;

    /// <summary>A connection that ended: within a line or a literal only when somebody was killed a moment ago.</summary>
    public static void Judge(ChaosJournal journal, string user, string what, ChaosCutException cut)
    {
        journal.Count(cut.IsTorn ? "connections cut within a response" : "connections cut between responses");
        journal.Note(user, $"{what}: {cut.Message}");
        var now = ChaosClock.Now;
        if (cut.IsTorn && !journal.Kills.Any(kill => Math.Abs(now - kill.At) < Around))
        {
            journal.Violate(user, $"{what}: {cut.Message}, and nobody was killed");
        }
    }

    /// <summary>A refusal: only of the temporary kind, never one that tells of a wrong password.</summary>
    public static void JudgeRefusal(ChaosJournal journal, string user, string what, string verdict)
    {
        journal.Count("temporary refusals");
        journal.Note(user, $"{what}: {verdict}");
        if (!verdict.Contains("[UNAVAILABLE]", StringComparison.Ordinal) && !verdict.Contains("[SYS/TEMP]", StringComparison.Ordinal)
            && !verdict.Contains("[IN-USE]", StringComparison.Ordinal))
        {
            journal.Violate(user, $"{what}: refused for good: {verdict}");
        }
    }
}
