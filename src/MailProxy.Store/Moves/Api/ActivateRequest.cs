namespace MailProxy.Store.Moves.Api;

/// <summary>Body of <c>POST /moves/users/{user}/activate</c>.</summary>
/// <param name="Move">Id of the move.</param>
/// <param name="Hold">The hold under which the source was fenced: the staged copy must have been completed under the same one.</param>
public sealed record ActivateRequest(string Move, string Hold);
