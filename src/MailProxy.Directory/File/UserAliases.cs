namespace MailProxy.Directory.File;

/// <summary>A user who was read, and the aliases of their own that are yet to be judged.</summary>
internal sealed record UserAliases(UserRecord Record, IReadOnlyList<LocatedValue> Aliases);
