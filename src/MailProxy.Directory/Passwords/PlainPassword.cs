using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Passwords;

/// <summary>A password kept in clear. Kept as a digest, so that memory dumps and comparisons tell nothing, not even its length.</summary>
internal sealed class PlainPassword : PasswordHash
{
    private readonly byte[] _digest;

    private PlainPassword(string scheme, byte[] digest)
        : base(scheme) => _digest = digest;

    /// <returns>Null for an empty password: a forgotten value must not open an account.</returns>
    public static PlainPassword? TryParse(string scheme, string value) =>
        value.Length == 0 ? null : new PlainPassword(scheme, SHA256.HashData(Encoding.UTF8.GetBytes(value)));

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, digest);
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }
}
