using System.Security.Cryptography;

namespace MailProxy.Directory.Passwords;

/// <summary>Writes the hashes of new passwords: <c>{PBKDF2-SHA256}</c> in OpenLDAP's form, which slapd's pw-pbkdf2 reads as well.</summary>
public static class Pbkdf2Writer
{
    /// <summary>OWASP Password Storage Cheat Sheet (2023) for PBKDF2-HMAC-SHA256.</summary>
    public const int DefaultRounds = 600_000;

    // NIST SP 800-132 5.1: at least 128 bits.
    private const int SaltOctets = 16;

    /// <summary>A new hash with a random salt: <c>{PBKDF2-SHA256}600000$salt$key</c>.</summary>
    /// <param name="password">UTF-8 octets, not empty.</param>
    /// <param name="rounds">1 to <see cref="PasswordLimits.Pbkdf2Rounds"/>; few only where the password is no secret (tests, <c>dev</c>).</param>
    public static string Write(ReadOnlySpan<byte> password, int rounds = DefaultRounds)
    {
        Span<byte> salt = stackalloc byte[SaltOctets];
        RandomNumberGenerator.Fill(salt);
        return Write(password, salt, rounds);
    }

    /// <summary>The same with a given salt.</summary>
    internal static string Write(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(password.Length, nameof(password));
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rounds, PasswordLimits.Pbkdf2Rounds);
        byte[] key = Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        return $"{{PBKDF2-SHA256}}{rounds}${AdaptedBase64.Encode(salt)}${AdaptedBase64.Encode(key)}";
    }
}
