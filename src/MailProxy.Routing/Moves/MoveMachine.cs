namespace MailProxy.Routing.Moves;

/// <summary>
/// The order of a move, as pure functions. The rules that the order keeps, at whatever point everything stops:
/// the old store is fenced before the new one is activated, so that no two stores ever serve the user; the route changes after that; and a move
/// is taken back only as long as the new store cannot be (and then can never become) active.
/// </summary>
public static class MoveMachine
{
    /// <summary>What a step does, in order.</summary>
    public static IReadOnlyList<MoveAction> Actions(MoveStep step) => step switch
    {
        MoveStep.Copying => [MoveAction.CopyAhead],
        MoveStep.Confirming => [MoveAction.AwaitProxies],
        MoveStep.Freezing => [MoveAction.HoldSource, MoveAction.CopyRest],
        MoveStep.Fencing => [MoveAction.FenceSource],
        MoveStep.Activating => [MoveAction.Activate],
        _ => [MoveAction.Purge, MoveAction.Forget],
    };

    /// <summary>
    /// What a step does when somebody goes on with it. Before the fence the old store's hold may have run out, and mail may have come in there: the
    /// difference is fetched again.
    /// </summary>
    public static IReadOnlyList<MoveAction> ResumeActions(MoveStep step) =>
        step == MoveStep.Fencing ? [.. Actions(MoveStep.Freezing), .. Actions(MoveStep.Fencing)] : Actions(step);

    /// <summary>
    /// What taking back does from a step, in order. The copy goes first: once it is gone the new store cannot become active any more. The hold goes before
    /// the fence: a fence that a dead command had sent, and that arrives only now, needs the hold; so it came before and is taken away, or it is refused.
    /// </summary>
    public static IReadOnlyList<MoveAction> UndoActions(MoveStep step) => step switch
    {
        MoveStep.Copying or MoveStep.Confirming => [MoveAction.DropCopy, MoveAction.Restore],
        MoveStep.Freezing or MoveStep.Fencing or MoveStep.Activating => [MoveAction.DropCopy, MoveAction.ReleaseSource, MoveAction.Unfence, MoveAction.Restore],
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "the user lives at the new store already"),
    };

    /// <summary>The step after a step.</summary>
    public static MoveStep Next(MoveStep step) => step == MoveStep.Finishing
        ? throw new ArgumentOutOfRangeException(nameof(step), step, "there is no step after the last")
        : step + 1;

    /// <summary>Whether a move may be taken back from a step. At <see cref="MoveStep.Activating"/> the new store has the last word: it may be active already.</summary>
    public static bool MayUndo(MoveStep step) => step != MoveStep.Finishing;

    /// <summary>
    /// Whether an action may fail without harm while a move is taken back from a step: a copy that was never to be activated is litter, and a store's
    /// hold ends by itself. Once a fence may have been sent the hold has to end first, or that fence could still come, with nobody left to take it away.
    /// </summary>
    public static bool IsCourtesy(MoveAction action, MoveStep step) => action switch
    {
        MoveAction.DropCopy => step < MoveStep.Activating,
        MoveAction.ReleaseSource => step < MoveStep.Fencing,
        _ => false,
    };

    /// <summary>Whether the user waits at a step.</summary>
    public static bool IsHeld(MoveStep step) => step is > MoveStep.Copying and < MoveStep.Finishing;
}
