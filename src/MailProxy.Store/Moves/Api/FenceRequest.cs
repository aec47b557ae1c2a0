namespace MailProxy.Store.Moves.Api;

/// <summary>Body of <c>PUT /moves/users/{user}/fence</c>.</summary>
/// <param name="Move">Id of the move.</param>
/// <param name="Hold">The hold under which the last pull was complete (<see cref="PullProgress.Hold"/>). If it has run out since, the fence is refused: pull once more.</param>
/// <param name="To">Where the user goes.</param>
public sealed record FenceRequest(string Move, string Hold, FenceTarget To);
