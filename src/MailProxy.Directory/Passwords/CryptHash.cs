using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Passwords;

/// <summary>A hash that the system's crypt(3) made. crypt(5) lists the forms.</summary>
internal sealed class CryptHash : PasswordHash
{
    private readonly byte[] _stored;

    private CryptHash(string scheme, byte[] stored)
        : base(scheme) => _stored = stored;

    public static bool IsScheme(string scheme) => scheme is "CRYPT" or "DES-CRYPT" or "MD5-CRYPT" or "SHA256-CRYPT" or "SHA512-CRYPT" or "BLF-CRYPT";

    public static CryptHash? TryParse(string scheme, string value)
    {
        CryptMethod method = Method(scheme, value);
        return method != CryptMethod.Unknown && LibCrypt.Supports(method) ? new CryptHash(scheme, Encoding.ASCII.GetBytes(value)) : null;
    }

    /// <summary>Why <see cref="TryParse"/> said no.</summary>
    public static string Explain(string scheme, string value)
    {
        CryptMethod method = Method(scheme, value);
        return method == CryptMethod.Unknown
            ? $"is not a {{{scheme}}} hash that is accepted here: crypt(5) traditional, $1$, $5$ and $6$ up to rounds={PasswordLimits.ShaCryptRounds}, "
                + $"$2a$, $2b$ and $2y$ up to cost {PasswordLimits.BcryptCost}, $y$ up to jBT"
            : $"scheme not available: {LibCrypt.Why(method)}";
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        if (password.Length > PasswordLimits.CryptPasswordOctets)
        {
            return false;
        }

        byte[] computed = LibCrypt.Hash(password, _stored)
            ?? throw new InvalidOperationException($"crypt(3) could not compute a {{{Scheme}}} hash");
        return CryptographicOperations.FixedTimeEquals(computed, _stored);
    }

    private static CryptMethod Method(string scheme, string value)
    {
        CryptMethod method = CryptSetting.Recognize(value);
        CryptMethod asked = scheme switch
        {
            "CRYPT" => method,
            "DES-CRYPT" => CryptMethod.Des,
            "MD5-CRYPT" => CryptMethod.Md5,
            "SHA256-CRYPT" => CryptMethod.Sha256,
            "SHA512-CRYPT" => CryptMethod.Sha512,
            "BLF-CRYPT" => CryptMethod.Bcrypt,
            _ => CryptMethod.Unknown,
        };
        return method == asked ? method : CryptMethod.Unknown;
    }
}
