using System.Buffers.Text;
using System.Security.Cryptography;

namespace MailProxy.Directory.Passwords;

// {SHA...}  value = encoded(digest(password))                      RFC 2307 5.3, and the same for the longer ones
// {SSHA...} value = encoded(digest(password salt) salt)            the salt is whatever follows the digest

/// <summary>A digest of the password, salted or not.</summary>
internal sealed class DigestHash : PasswordHash
{
    private const int LongestDigest = 64;

    private readonly HashAlgorithmName _algorithm;
    private readonly byte[] _digest;
    private readonly byte[] _salt;

    private DigestHash(string scheme, HashAlgorithmName algorithm, byte[] digest, byte[] salt)
        : base(scheme)
    {
        _algorithm = algorithm;
        _digest = digest;
        _salt = salt;
    }

    /// <inheritdoc/>
    internal override bool IsCheap => true;

    public static bool IsScheme(string scheme) => Describe(scheme).Size > 0;

    public static DigestHash? TryParse(string scheme, string? encoding, string value)
    {
        (HashAlgorithmName algorithm, int size, bool salted) = Describe(scheme);
        if (Decode(value, encoding, salted ? 0 : size) is not { } octets)
        {
            return null;
        }

        bool fits = salted ? octets.Length > size && octets.Length <= size + PasswordLimits.SaltOctets : octets.Length == size;
        return fits ? new DigestHash(scheme, algorithm, octets[..size], octets[size..]) : null;
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        Span<byte> digest = stackalloc byte[LongestDigest];
        using var hash = IncrementalHash.CreateHash(_algorithm);
        hash.AppendData(password);
        hash.AppendData(_salt);
        int size = hash.GetHashAndReset(digest);
        return CryptographicOperations.FixedTimeEquals(digest[..size], _digest);
    }

    private static (HashAlgorithmName Algorithm, int Size, bool Salted) Describe(string scheme) => scheme switch
    {
        "SHA" or "SHA1" => (HashAlgorithmName.SHA1, 20, false),
        "SSHA" => (HashAlgorithmName.SHA1, 20, true),
        "SHA256" => (HashAlgorithmName.SHA256, 32, false),
        "SSHA256" => (HashAlgorithmName.SHA256, 32, true),
        "SHA384" => (HashAlgorithmName.SHA384, 48, false),
        "SSHA384" => (HashAlgorithmName.SHA384, 48, true),
        "SHA512" => (HashAlgorithmName.SHA512, 64, false),
        "SSHA512" => (HashAlgorithmName.SHA512, 64, true),
        _ => (default, 0, false),
    };

    /// <param name="value">The characters.</param>
    /// <param name="encoding">As named by the scheme, or null.</param>
    /// <param name="hexSize">With no encoding named, a value of twice so many characters is hexadecimal (as doveadm reads it); 0: never.</param>
    private static byte[]? Decode(string value, string? encoding, int hexSize)
    {
        if (encoding is null && hexSize > 0 && value.Length == hexSize * 2)
        {
            encoding = "HEX";
        }

        if (encoding == "HEX")
        {
            byte[] octets = new byte[value.Length / 2];
            return Convert.FromHexString(value, octets, out _, out int written) == System.Buffers.OperationStatus.Done
                && written == octets.Length && value.Length % 2 == 0 ? octets : null;
        }

        if (encoding is null or "B64" or "BASE64" && !value.Any(char.IsWhiteSpace) && Base64.IsValid(value, out int length))
        {
            byte[] octets = new byte[length];
            return Convert.TryFromBase64String(value, octets, out int written) && written == length ? octets : null;
        }

        return null;
    }
}
