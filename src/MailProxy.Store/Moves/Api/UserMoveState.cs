namespace MailProxy.Store.Moves.Api;

/// <summary>The answer of <c>GET /moves/users/{user}</c> and of each change.</summary>
/// <param name="User">Canonical name.</param>
/// <param name="Store">The store that answers.</param>
/// <param name="Serving">What it does for the user.</param>
/// <param name="HasMail">Whether mailboxes of the user are here, be it as a left-behind copy; a staged copy does not count.</param>
/// <param name="Move">Held and fenced: by which move.</param>
/// <param name="Hold">Held and fenced: the hold's id, never given twice.</param>
/// <param name="LeaseEnds">Held: when the store serves again unless the hold is renewed.</param>
/// <param name="To">Fenced: where the user went.</param>
/// <param name="Staged">The copy that waits to be activated here, if there is one.</param>
/// <param name="ActivatedMove">The move that brought the user here, if one did.</param>
public sealed record UserMoveState(
    string User,
    string Store,
    UserServing Serving,
    bool HasMail,
    string? Move,
    string? Hold,
    DateTimeOffset? LeaseEnds,
    FenceTarget? To,
    StagedCopy? Staged,
    string? ActivatedMove);
