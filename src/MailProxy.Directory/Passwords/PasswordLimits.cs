namespace MailProxy.Directory.Passwords;

/// <summary>What a stored password may cost. A typo in a user file must not cost every login seconds.</summary>
public static class PasswordLimits
{
    /// <summary>PBKDF2 iterations. OWASP's advice of 2023 is 600,000 for SHA-256 and 1,300,000 for SHA-1; this is about two seconds.</summary>
    public const int Pbkdf2Rounds = 5_000_000;

    /// <summary>SHA-crypt <c>rounds=</c>. The default is 5,000, the specification ends at 999,999,999; this is about a second.</summary>
    public const int ShaCryptRounds = 1_000_000;

    /// <summary>bcrypt's cost, a power of two. 12 takes a quarter of a second, 15 two.</summary>
    public const int BcryptCost = 15;

    /// <summary>Argon2's memory, KiB. doveadm's default is 64 MiB, OWASP advises 19 to 46; so much is taken for each comparison that runs.</summary>
    public const int Argon2Memory = 256 * 1024;

    /// <summary>Argon2's passes. doveadm's default is 3.</summary>
    public const int Argon2Passes = 16;

    /// <summary>Argon2's lanes.</summary>
    public const int Argon2Lanes = 16;

    /// <summary>Octets of password given to crypt(3): CRYPT_MAX_PASSPHRASE_SIZE of libxcrypt, less its NUL.</summary>
    public const int CryptPasswordOctets = 511;

    /// <summary>Characters of one stored password. The longest written by the known tools, {SSHA512.HEX}, has about 160.</summary>
    public const int StoredCharacters = 1024;

    /// <summary>Octets of salt; doveadm writes 4 (salted digests) to 16, slappasswd 8 to 16.</summary>
    public const int SaltOctets = 256;
}
