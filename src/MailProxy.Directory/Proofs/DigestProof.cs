using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Proofs;

/// <summary>The answer to a challenge by MD5, which only a password in clear proves: CRAM-MD5 (RFC 2195) and APOP (RFC 1939 7).</summary>
public sealed class DigestProof : LoginProof
{
    private readonly byte[] _challenge;
    private readonly byte[] _digest;

    /// <param name="isKeyed">CRAM-MD5: HMAC of the challenge with the password; otherwise APOP: MD5 of the challenge and the password behind it.</param>
    /// <param name="challenge">As the client was given it: <c>&lt;unique@host&gt;</c>.</param>
    /// <param name="digest">16 octets.</param>
    public DigestProof(bool isKeyed, string challenge, ReadOnlySpan<byte> digest)
    {
        (IsKeyed, Challenge) = (isKeyed, challenge);
        (_challenge, _digest) = (Encoding.ASCII.GetBytes(challenge), digest.ToArray());
    }

    /// <summary>CRAM-MD5; otherwise APOP.</summary>
    public bool IsKeyed { get; }

    /// <summary>As the client was given it.</summary>
    public string Challenge { get; }

    /// <summary>The answer, 32 lower-case hexadecimal digits.</summary>
    public string Digest => Convert.ToHexStringLower(_digest);

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Mark => _challenge;

    /// <inheritdoc/>
    [SuppressMessage("Security", "CA5351", Justification = "The protocols are of MD5; they are offered when the operator lists them.")]
    internal override bool Matches(PasswordHash stored)
    {
        if (stored is not PlainPassword plain)
        {
            return false;
        }

        using var password = plain.Open();
        Span<byte> expected = stackalloc byte[MD5.HashSizeInBytes];
        if (IsKeyed)
        {
            HMACMD5.HashData(password.Octets.Span, _challenge, expected);
        }
        else
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            hash.AppendData(_challenge);
            hash.AppendData(password.Octets.Span);
            hash.GetHashAndReset(expected);
        }

        return CryptographicOperations.FixedTimeEquals(expected, _digest);
    }
}
