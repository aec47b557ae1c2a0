namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>What of a client's troubles may be while processes die, and what may not.</summary>
internal static class ChaosFaults
{
    /// <summary>A connection that ended; one within a response is judged at the end.</summary>
    public static void Note(ChaosJournal journal, string user, string kind, string proxy, double began, ChaosCutException cut)
    {
        journal.Count(cut.IsTorn ? "connections cut within a response" : "connections cut between responses");
        journal.Note(user, $"{kind} by {proxy}: {cut.Message}");
        if (cut.IsTorn)
        {
            journal.Torn.Enqueue(new TornResponse(user, $"{kind} by {proxy}: {cut.Message}", proxy, began, ChaosClock.Now));
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
