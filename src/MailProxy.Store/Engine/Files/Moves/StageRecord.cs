namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>A copy that is being pulled, or waits to be activated.</summary>
/// <param name="Move">The move that pulls it.</param>
/// <param name="From">Base address of the source.</param>
/// <param name="Hold">The source's hold under which it is complete; null: it is not.</param>
internal sealed record StageRecord(string Move, string From, string? Hold);
