using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Ldap;

/// <summary>The passwords of an entry, judged. Pure.</summary>
/// <param name="Hashes">Those that can be compared with.</param>
/// <param name="Problem">Why others cannot; null if all can.</param>
internal sealed record StoredPasswords(IReadOnlyList<PasswordHash> Hashes, string? Problem)
{
    /// <summary>Each may cost a login half a second of CPU; a user with more devices than these uses tokens.</summary>
    public const int MaxValues = 16;

    /// <summary>A value without a scheme is the password itself (RFC 4519 2.41 and RFC 2307 5.3).</summary>
    public static StoredPasswords Parse(IReadOnlyList<string> values)
    {
        var hashes = new List<PasswordHash>();
        string? problem = values.Count > MaxValues ? $"only {MaxValues} of {values.Count} passwords are looked at" : null;
        foreach (var value in values.Take(MaxValues))
        {
            if (PasswordParser.TryParse(value.StartsWith('{') ? value : "{PLAIN}" + value, out var hash, out var error))
            {
                hashes.Add(hash);
            }
            else
            {
                problem = $"a password {error}";
            }
        }

        return new StoredPasswords(hashes, problem);
    }

    /// <summary>Without the hashes.</summary>
    public override string ToString() => $"{Hashes.Count} passwords";
}
