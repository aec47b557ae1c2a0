using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.File;

/// <summary>One user of the file. Each is itself and no other: two are the same only if they are one object.</summary>
/// <param name="user">What others get to see.</param>
/// <param name="passwords">The stored passwords, at least one; the user's own first, if there is one.</param>
/// <param name="isDisabled">No login; mail still arrives.</param>
/// <param name="mayActAs">Canonical names of other users.</param>
internal sealed class UserRecord(DirectoryUser user, StoredPassword[] passwords, bool isDisabled, IReadOnlySet<string> mayActAs)
{
    public DirectoryUser User => user;

    public StoredPassword[] Passwords => passwords;

    public bool IsDisabled => isDisabled;

    public IReadOnlySet<string> MayActAs => mayActAs;

    /// <summary>Without the passwords.</summary>
    public override string ToString() => user.Name;
}
