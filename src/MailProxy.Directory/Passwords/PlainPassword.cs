using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory.Proofs;

namespace MailProxy.Directory.Passwords;

/// <summary>A password kept in clear. Compared as a digest, so that comparisons tell nothing, not even its length; kept sealed by a key of this process, for mechanisms that compute with it.</summary>
internal sealed class PlainPassword : PasswordHash
{
    private static readonly Secret SealingKey = new(RandomNumberGenerator.GetBytes(32));

    private readonly byte[] _digest;
    private readonly SealedSecret _sealed;

    private PlainPassword(string scheme, byte[] octets)
        : base(scheme) => (_digest, _sealed) = (SHA256.HashData(octets), SealedSecret.Seal(octets, SealingKey));

    /// <returns>Null for an empty password: a forgotten value must not open an account.</returns>
    public static PlainPassword? TryParse(string scheme, string value) =>
        value.Length == 0 ? null : new PlainPassword(scheme, Encoding.UTF8.GetBytes(value));

    /// <summary>A copy of the password; the caller disposes it.</summary>
    public Secret Open() => _sealed.Open(SealingKey);

    /// <summary>The SCRAM keys that it makes; burns as much CPU as the rounds ask for.</summary>
    public ScramKeys KeysFor(string scheme, ScramParameters shown)
    {
        using var password = Open();
        var prepared = SaslPrep.Prepare(password.Octets.Span);
        var keys = ScramKeys.Derive(scheme, prepared, shown.Salt.Span, shown.Rounds);
        CryptographicOperations.ZeroMemory(prepared);
        return keys;
    }

    /// <inheritdoc/>
    internal override bool IsCheap => true;

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, digest);
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }
}
