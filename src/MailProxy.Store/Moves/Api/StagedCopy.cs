namespace MailProxy.Store.Moves.Api;

/// <summary>A copy of a user's mail that is not served yet.</summary>
/// <param name="Move">Id of the move that pulls it.</param>
/// <param name="From">Base address of the source.</param>
/// <param name="Hold">The hold under which it is complete; null: it is not, or the source may have changed since.</param>
public sealed record StagedCopy(string Move, string From, string? Hold);
