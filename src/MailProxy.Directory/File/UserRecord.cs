using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.File;

/// <summary>One user of the file.</summary>
/// <param name="User">What others get to see.</param>
/// <param name="Password">The stored password.</param>
/// <param name="IsDisabled">No login; mail still arrives.</param>
/// <param name="IsExpired">The password is right but too old.</param>
/// <param name="MayActAs">Canonical names of other users.</param>
internal sealed record UserRecord(DirectoryUser User, PasswordHash Password, bool IsDisabled, bool IsExpired, IReadOnlySet<string> MayActAs);
