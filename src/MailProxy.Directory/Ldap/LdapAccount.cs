namespace MailProxy.Directory.Ldap;

/// <summary>A user, as an entry tells of them.</summary>
/// <param name="User">What others get to see.</param>
/// <param name="Dn">The entry.</param>
/// <param name="IsDisabled">No login; mail still arrives.</param>
/// <param name="IsExpired">The password is right but too old.</param>
/// <param name="MayActAs">Names, as they stand there.</param>
/// <param name="Passwords">Stored passwords, for mode hash.</param>
/// <param name="AppPasswords">Stored passwords with a label, for mode hash.</param>
internal sealed record LdapAccount(
    DirectoryUser User, string Dn, bool IsDisabled, bool IsExpired, IReadOnlyList<string> MayActAs, IReadOnlyList<string> Passwords, IReadOnlyList<string> AppPasswords)
{
    /// <summary>Without the passwords.</summary>
    public override string ToString() => User.Name;
}
