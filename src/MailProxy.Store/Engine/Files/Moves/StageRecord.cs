namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>A copy that is being pulled, or waits to be activated.</summary>
/// <param name="Move">The move that pulls it.</param>
/// <param name="From">Base address of the source, as the latest pull was told.</param>
/// <param name="Hold">The source's hold under which it is complete; null: it is not.</param>
/// <param name="Source">Id of the source; null: no pull has reached it yet. Mailbox ids mean nothing at another store.</param>
/// <param name="Touched">When a pull of it began last: seconds since 1970; 0: before this was written down.</param>
internal sealed record StageRecord(string Move, string From, string? Hold, string? Source = null, long Touched = 0);
