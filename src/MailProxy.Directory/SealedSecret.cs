using System.Security.Cryptography;

namespace MailProxy.Directory;

/// <summary>
/// A secret in a verdict, which may be kept for hours and serve many sessions at once: encrypted, and only who knows the client's own password
/// can open it. Each session opens a copy of its own and clears that; what is kept is of no use to who reads the memory later.
/// </summary>
public sealed class SealedSecret
{
    private const int NonceOctets = 12;
    private const int TagOctets = 16;

    // Of this process only: the client's password alone may be guessed.
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private readonly byte[] _sealed;

    private SealedSecret(byte[] octets) => _sealed = octets;

    /// <summary>Seals a secret; the octets given are not cleared.</summary>
    /// <param name="secret">What to keep.</param>
    /// <param name="by">The client's password, by which it can be opened.</param>
    public static SealedSecret Seal(ReadOnlySpan<byte> secret, Secret by)
    {
        var octets = new byte[NonceOctets + TagOctets + secret.Length];
        RandomNumberGenerator.Fill(octets.AsSpan(0, NonceOctets));
        using var cipher = CipherOf(by);
        cipher.Encrypt(octets.AsSpan(0, NonceOctets), secret, octets.AsSpan(NonceOctets + TagOctets), octets.AsSpan(NonceOctets, TagOctets));
        return new SealedSecret(octets);
    }

    /// <summary>A copy; the caller disposes it.</summary>
    /// <param name="by">The same password.</param>
    /// <exception cref="CryptographicException">It is another password.</exception>
    public Secret Open(Secret by)
    {
        var secret = new byte[_sealed.Length - NonceOctets - TagOctets];
        using var cipher = CipherOf(by);
        cipher.Decrypt(_sealed.AsSpan(0, NonceOctets), _sealed.AsSpan(NonceOctets + TagOctets), _sealed.AsSpan(NonceOctets, TagOctets), secret);
        return new Secret(secret);
    }

    /// <inheritdoc/>
    public override string ToString() => "***";

    private static AesGcm CipherOf(Secret by)
    {
        ArgumentNullException.ThrowIfNull(by);
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key, by.Octets.Span, key);
        var cipher = new AesGcm(key, TagOctets);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
