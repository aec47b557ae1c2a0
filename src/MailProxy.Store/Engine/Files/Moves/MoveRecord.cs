namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>What the database keeps of a user who has moved, is moving, or came. Holds are not in it: they end with the process.</summary>
/// <param name="Fence">The user left.</param>
/// <param name="Stage">A copy of the user's mail is here and not served.</param>
/// <param name="Activated">The move that brought the user here last.</param>
internal sealed record MoveRecord(FenceRecord? Fence, StageRecord? Stage, string? Activated)
{
    /// <summary>Of everyone else.</summary>
    public static MoveRecord None { get; } = new(null, null, null);
}
