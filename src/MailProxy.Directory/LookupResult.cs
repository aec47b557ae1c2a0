namespace MailProxy.Directory;

/// <summary>What an address is.</summary>
/// <param name="Outcome">The kind of answer.</param>
/// <param name="Users">Found: the one user, or the users an alias stands for; otherwise empty.</param>
/// <param name="Detail">For the log.</param>
public sealed record LookupResult(LookupOutcome Outcome, IReadOnlyList<DirectoryUser> Users, string Detail = "");
