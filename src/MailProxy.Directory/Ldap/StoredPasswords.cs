using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Ldap;

// application password = label ":" [protocol *("," protocol)] ":" hash        config/mailproxy.schema: mailProxyAppPassword
// label                = 1*64 characters without ":" and controls

/// <summary>The passwords of an entry, judged. Pure.</summary>
/// <param name="All">Those that can be compared with.</param>
/// <param name="Problem">Why others cannot; null if all can. Holds no part of a password.</param>
internal sealed record StoredPasswords(IReadOnlyList<StoredPassword> All, string? Problem)
{
    /// <summary>Each may cost a login half a second of CPU; a user with more devices than these uses tokens.</summary>
    public const int MaxValues = 16;

    /// <summary>A value without a scheme is the password itself (RFC 4519 2.41 and RFC 2307 5.3).</summary>
    /// <param name="values">Of the attributes whose values are passwords and nothing else.</param>
    /// <param name="labelled">Of the attribute whose values have a label and protocols.</param>
    public static StoredPasswords Parse(IReadOnlyList<string> values, IReadOnlyList<string> labelled)
    {
        var count = values.Count + labelled.Count;
        var all = new List<StoredPassword>();
        string? problem = count > MaxValues ? $"only {MaxValues} of {count} passwords are looked at" : null;
        foreach (var value in values.Take(MaxValues))
        {
            if (PasswordParser.TryParse(value.StartsWith('{') ? value : "{PLAIN}" + value, out var hash, out var error))
            {
                all.Add(new StoredPassword(hash));
            }
            else
            {
                problem = $"a password {error}";
            }
        }

        foreach (var value in labelled.Take(MaxValues - Math.Min(values.Count, MaxValues)))
        {
            if (Application(value, out var error) is { } password)
            {
                all.Add(password);
            }
            else
            {
                problem = error;
            }
        }

        return new StoredPasswords(all, problem);
    }

    /// <summary>Without the hashes.</summary>
    public override string ToString() => $"{All.Count} passwords";

    private static StoredPassword? Application(string value, out string problem)
    {
        problem = "an application password is not of the form label:protocols:{SCHEME}hash";
        if (value.Split(':', 3) is not [var label, var list, var stored] || !StoredPassword.IsLabel(label))
        {
            return null;
        }

        string[] protocols = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (protocols.FirstOrDefault(one => !StoredPassword.KnownProtocols.Contains(one, StringComparer.OrdinalIgnoreCase)) is not null)
        {
            problem = $"application password '{label}' names a protocol that is none of {string.Join(", ", StoredPassword.KnownProtocols)}";
            return null;
        }

        if (!PasswordParser.TryParse(stored, out var hash, out var error))
        {
            problem = $"application password '{label}' {error}";
            return null;
        }

        return new StoredPassword(hash, label, protocols.Length == 0 ? null : protocols);
    }
}
