using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Sql;

/// <summary>One row of a UserQuery: a user, and one password of theirs.</summary>
/// <param name="User">What others get to see.</param>
/// <param name="Hash">The stored password; null if the row has none, or the query judged.</param>
/// <param name="Verdict">What the query said of the password; null if it does not judge.</param>
/// <param name="Label">What the user calls this password; empty: it is the user's own.</param>
/// <param name="IsForProtocol">The row is good for the protocol in hand.</param>
/// <param name="IsDisabled">No login; mail still arrives.</param>
/// <param name="IsExpired">The password is right but too old.</param>
/// <param name="MayActAs">Canonical names of other users.</param>
/// <param name="Problem">The stored password cannot be verified here: why; or null. Holds no part of it.</param>
internal sealed record SqlCandidate(
    DirectoryUser User, PasswordHash? Hash, bool? Verdict, string Label, bool IsForProtocol, bool IsDisabled, bool IsExpired,
    IReadOnlySet<string> MayActAs, string? Problem);
