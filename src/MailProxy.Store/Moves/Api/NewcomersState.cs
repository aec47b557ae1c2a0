namespace MailProxy.Store.Moves.Api;

/// <summary>The answer about newcomers.</summary>
/// <param name="Store">The store that answers.</param>
/// <param name="Move">By whose word.</param>
/// <param name="IsClosed">Whether that word closes it.</param>
public sealed record NewcomersState(string Store, string Move, bool IsClosed);
