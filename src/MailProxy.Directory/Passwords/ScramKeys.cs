using System.Globalization;
using System.Security.Cryptography;

namespace MailProxy.Directory.Passwords;

// {SCRAM-SHA-1} / {SCRAM-SHA-256}   rounds "," base64(salt) "," base64(StoredKey) "," base64(ServerKey)     as doveadm writes them

/// <summary>What a server keeps for SCRAM (RFC 5802 3, RFC 7677): no password, and nothing to log in elsewhere with. A password can be compared with it too.</summary>
internal sealed class ScramKeys : PasswordHash
{
    private readonly HashAlgorithmName _algorithm;

    private ScramKeys(string scheme, HashAlgorithmName algorithm, int rounds, byte[] salt, byte[] storedKey, byte[] serverKey)
        : base(scheme) =>
        (_algorithm, Rounds, Salt, StoredKey, ServerKey) = (algorithm, rounds, salt, storedKey, serverKey);

    /// <summary>The hash of the scheme.</summary>
    public HashAlgorithmName Algorithm => _algorithm;

    /// <summary>PBKDF2 iterations.</summary>
    public int Rounds { get; }

    /// <summary>The user's salt.</summary>
    public ReadOnlyMemory<byte> Salt { get; }

    /// <summary>H(ClientKey): proves the client.</summary>
    public ReadOnlyMemory<byte> StoredKey { get; }

    /// <summary>Proves the server.</summary>
    public ReadOnlyMemory<byte> ServerKey { get; }

    public static bool IsScheme(string scheme) => scheme is "SCRAM-SHA-1" or "SCRAM-SHA-256";

    public static ScramKeys? TryParse(string scheme, string value)
    {
        var (algorithm, size) = scheme == "SCRAM-SHA-1" ? (HashAlgorithmName.SHA1, 20) : (HashAlgorithmName.SHA256, 32);
        return value.Split(',') is [var rounds, var salt, var storedKey, var serverKey]
            && int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= PasswordLimits.Pbkdf2Rounds
            && Decode(salt) is { Length: >= 1 and <= PasswordLimits.SaltOctets } saltOctets
            && Decode(storedKey) is { } stored && stored.Length == size
            && Decode(serverKey) is { } server && server.Length == size
            ? new ScramKeys(scheme, algorithm, count, saltOctets, stored, server)
            : null;
    }

    /// <summary>The keys that a password makes (RFC 5802 3).</summary>
    /// <param name="scheme">One of ours.</param>
    /// <param name="password">Prepared UTF-8 octets.</param>
    /// <param name="salt">Any.</param>
    /// <param name="rounds">1 to <see cref="PasswordLimits.Pbkdf2Rounds"/>.</param>
    public static ScramKeys Derive(string scheme, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int rounds)
    {
        var (algorithm, size) = scheme == "SCRAM-SHA-1" ? (HashAlgorithmName.SHA1, 20) : (HashAlgorithmName.SHA256, 32);
        Span<byte> salted = stackalloc byte[size];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, salted, rounds, algorithm);
        var clientKey = CryptographicOperations.HmacData(algorithm, salted, "Client Key"u8);
        var keys = new ScramKeys(
            scheme, algorithm, rounds, salt.ToArray(), CryptographicOperations.HashData(algorithm, clientKey), CryptographicOperations.HmacData(algorithm, salted, "Server Key"u8));
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return keys;
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        var size = StoredKey.Length;
        Span<byte> salted = stackalloc byte[size];
        Span<byte> clientKey = stackalloc byte[size];
        Span<byte> storedKey = stackalloc byte[size];
        Rfc2898DeriveBytes.Pbkdf2(password, Salt.Span, salted, Rounds, _algorithm);
        CryptographicOperations.HmacData(_algorithm, salted, "Client Key"u8, clientKey);
        CryptographicOperations.HashData(_algorithm, clientKey, storedKey);
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return CryptographicOperations.FixedTimeEquals(storedKey, StoredKey.Span);
    }

    private static byte[]? Decode(string text)
    {
        var octets = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, octets, out var written) ? octets[..written] : null;
    }
}
