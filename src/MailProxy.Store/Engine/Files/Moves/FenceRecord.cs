using MailProxy.Store.Moves.Api;

namespace MailProxy.Store.Engine.Files.Moves;

/// <summary>Why and whereto a user left.</summary>
/// <param name="Move">The move that did it.</param>
/// <param name="Hold">The hold under which it was done.</param>
/// <param name="To">Where the user went.</param>
/// <param name="IsPurged">The mail that was left behind has been removed.</param>
internal sealed record FenceRecord(string Move, string Hold, FenceTarget To, bool IsPurged = false);
