namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>Refusals of steps of moves: sentences that say what to do.</summary>
internal static class MoveConflict
{
    /// <summary>A refusal.</summary>
    public static StoreFaultException Of(string sentence) => new(StoreFaultKind.MoveConflict, sentence);

    /// <summary>Another move is at work.</summary>
    public static StoreFaultException Other(string user, string what, string move)
        => Of($"{user} is {what} by another move, '{move}': finish or abort that one first.");
}
