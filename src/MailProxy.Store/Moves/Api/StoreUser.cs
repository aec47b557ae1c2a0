namespace MailProxy.Store.Moves.Api;

/// <summary>One user in <see cref="StoreUserPage"/>.</summary>
/// <param name="User">Canonical name.</param>
/// <param name="Messages">In all mailboxes; 0 when sizes were not asked for.</param>
/// <param name="Octets">Their sum.</param>
public sealed record StoreUser(string User, long Messages, long Octets);
