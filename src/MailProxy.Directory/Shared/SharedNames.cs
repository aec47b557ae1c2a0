using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Shared;

/// <summary>
/// What things are called on the server: hashes keyed with the nodes' secret (HMAC-SHA-256, each part preceded by its length), so that whoever reads the server,
/// its dumps or its traffic learns neither users nor addresses nor passwords.
/// </summary>
internal sealed class SharedNames(byte[] key)
{
    // Of a password only so many bits: what was tried can be recognised (one in 16 million is taken for another, and gets a guess for nothing), but even
    // whoever has the key as well cannot tell which of a dictionary's words it was.
    private const int PasswordBits = 24;

    /// <summary>128 bits as hexadecimal.</summary>
    /// <param name="kind">What is named.</param>
    /// <param name="parts">What it is named after; the order counts.</param>
    public string Of(string kind, params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Append(hash, Encoding.UTF8.GetBytes(kind));
        foreach (var part in parts)
        {
            Append(hash, Encoding.UTF8.GetBytes(part));
        }

        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return $"mailproxy:{kind}:{Convert.ToHexStringLower(digest[..16])}";
    }

    /// <summary>A few bits by which a guess at this user, or from this address, is recognised.</summary>
    /// <param name="owner">A name by <see cref="Of"/>.</param>
    /// <param name="mark">A password as it was tried, or what stands for a proof.</param>
    public int Guess(string owner, ReadOnlySpan<byte> mark)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Append(hash, "password"u8);
        Append(hash, Encoding.UTF8.GetBytes(owner));
        Append(hash, mark);
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(digest) >> (32 - PasswordBits));
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
