using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Passwords;

// doveadm:   {PBKDF2} "$1$" salt "$" rounds "$" hex(20)            PBKDF2-HMAC-SHA1, the salt's characters are its octets
// slappasswd (pw-pbkdf2):
//            {PBKDF2[-SHA1|-SHA256|-SHA512]} rounds "$" ab64(salt) "$" ab64(key)     key as long as the digest

/// <summary>RFC 8018 5.2 in the two forms found in the wild.</summary>
internal sealed class Pbkdf2Hash : PasswordHash
{
    private readonly HashAlgorithmName _algorithm;
    private readonly byte[] _salt;
    private readonly int _rounds;
    private readonly byte[] _key;

    private Pbkdf2Hash(string scheme, HashAlgorithmName algorithm, byte[] salt, int rounds, byte[] key)
        : base(scheme)
    {
        _algorithm = algorithm;
        _salt = salt;
        _rounds = rounds;
        _key = key;
    }

    public static Pbkdf2Hash? TryParse(string scheme, string value)
    {
        string[] parts = value.Split('$');
        bool fromDovecot = scheme == "PBKDF2" && parts is ["", "1", _, _, _];
        if (!fromDovecot && parts.Length != 3)
        {
            return null;
        }

        (HashAlgorithmName algorithm, int size) = scheme switch
        {
            "PBKDF2-SHA256" => (HashAlgorithmName.SHA256, 32),
            "PBKDF2-SHA512" => (HashAlgorithmName.SHA512, 64),
            _ => (HashAlgorithmName.SHA1, 20),
        };
        byte[]? salt = fromDovecot ? Encoding.UTF8.GetBytes(parts[2]) : AdaptedBase64.Decode(parts[1]);
        byte[]? key = fromDovecot ? Hex(parts[4]) : AdaptedBase64.Decode(parts[2]);
        bool counted = int.TryParse(parts[fromDovecot ? 3 : 0], NumberStyles.None, CultureInfo.InvariantCulture, out int rounds);

        return counted && rounds is >= 1 and <= PasswordLimits.Pbkdf2Rounds
            && salt is { Length: >= 1 and <= PasswordLimits.SaltOctets }
            && key?.Length == size
            ? new Pbkdf2Hash(scheme, algorithm, salt, rounds, key)
            : null;
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        Span<byte> key = stackalloc byte[_key.Length];
        Rfc2898DeriveBytes.Pbkdf2(password, _salt, key, _rounds, _algorithm);
        return CryptographicOperations.FixedTimeEquals(key, _key);
    }

    private static byte[]? Hex(string text) =>
        text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
}
