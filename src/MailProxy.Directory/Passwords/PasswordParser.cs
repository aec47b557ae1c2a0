using System.Diagnostics.CodeAnalysis;

namespace MailProxy.Directory.Passwords;

// stored   = "{" scheme [ "." encoding ] "}" value
// encoding = "B64" / "BASE64" / "HEX"          (digests only; base64 if none is named)
// Schemes and encodings are compared without case, as doveadm and slapd do.

/// <summary>Reads passwords as <c>doveadm pw</c> and <c>slappasswd</c> write them.</summary>
public static class PasswordParser
{
    private const string Accepted =
        "PLAIN, SHA, SSHA, SHA256, SSHA256, SHA384, SSHA384, SHA512, SSHA512, CRYPT, MD5-CRYPT, SHA256-CRYPT, SHA512-CRYPT, BLF-CRYPT, PBKDF2, "
        + "PBKDF2-SHA1, PBKDF2-SHA256, PBKDF2-SHA512, SCRAM-SHA-1, SCRAM-SHA-256, ARGON2ID, ARGON2I";

    /// <summary>Judges a stored password completely: a hash that is returned can be verified against.</summary>
    /// <param name="stored">With its scheme in braces.</param>
    /// <param name="hash">The hash when true is returned.</param>
    /// <param name="error">Otherwise what is wrong and what to do. Holds no part of <paramref name="stored"/> but its scheme.</param>
    public static bool TryParse(string stored, [NotNullWhen(true)] out PasswordHash? hash, [NotNullWhen(false)] out string? error)
    {
        hash = null;
        int close = stored.StartsWith('{') ? stored.IndexOf('}', StringComparison.Ordinal) : -1;
        if (close < 0)
        {
            error = "has no scheme; write what 'doveadm pw' or 'slappasswd' print, or {PLAIN} and the password";
            return false;
        }

        if (stored.Length > PasswordLimits.StoredCharacters)
        {
            error = $"is longer than {PasswordLimits.StoredCharacters} characters";
            return false;
        }

        string[] label = stored[1..close].ToUpperInvariant().Split('.', 2);
        string? encoding = label.Length == 2 ? label[1] : null;
        string value = stored[(close + 1)..];
        (hash, error) = (Parse(label[0], encoding, value), null);
        if (hash is not null)
        {
            return true;
        }

        error = Explain(label[0], value);
        return false;
    }

    private static PasswordHash? Parse(string scheme, string? encoding, string value)
    {
        if (DigestHash.IsScheme(scheme))
        {
            return DigestHash.TryParse(scheme, encoding, value);
        }

        if (encoding is not null)
        {
            return null;
        }

        return scheme switch
        {
            "PLAIN" or "CLEARTEXT" or "CLEAR" => PlainPassword.TryParse(scheme, value),
            "PBKDF2" or "PBKDF2-SHA1" or "PBKDF2-SHA256" or "PBKDF2-SHA512" => Pbkdf2Hash.TryParse(scheme, value),
            _ when ScramKeys.IsScheme(scheme) => ScramKeys.TryParse(scheme, value),
            _ when Argon2Hash.IsScheme(scheme) => Argon2Hash.TryParse(scheme, value),
            _ => CryptHash.TryParse(scheme, value),
        };
    }

    private static string Explain(string scheme, string value)
    {
        if (CryptHash.IsScheme(scheme))
        {
            return CryptHash.Explain(scheme, value);
        }

        if (scheme.StartsWith("PBKDF2", StringComparison.Ordinal))
        {
            return $"is not a {{{scheme}}} hash of 1 to {PasswordLimits.Pbkdf2Rounds} rounds as 'doveadm pw' or 'slappasswd' print it";
        }

        if (ScramKeys.IsScheme(scheme))
        {
            return $"is not a {{{scheme}}} value of 1 to {PasswordLimits.Pbkdf2Rounds} rounds as 'doveadm pw' prints it";
        }

        if (Argon2Hash.IsScheme(scheme))
        {
            return $"is not a {{{scheme}}} hash (v=19, m up to {PasswordLimits.Argon2Memory}, t up to {PasswordLimits.Argon2Passes}, p up to {PasswordLimits.Argon2Lanes}) as 'doveadm pw' prints it";
        }

        if (DigestHash.IsScheme(scheme) || scheme is "PLAIN" or "CLEARTEXT" or "CLEAR")
        {
            return $"is not a {{{scheme}}} value (cut short? wrong encoding?)";
        }

        // What stands between the braces may be a piece of a clear password that happened to hold braces: it is not repeated.
        return $"has a scheme that is not known here; known are {Accepted}";
    }
}
