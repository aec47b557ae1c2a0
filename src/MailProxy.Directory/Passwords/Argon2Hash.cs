using System.Globalization;
using System.Security.Cryptography;
using Konscious.Security.Cryptography;

namespace MailProxy.Directory.Passwords;

// {ARGON2ID} / {ARGON2I}   "$argon2id$v=19$m=" KiB ",t=" passes ",p=" lanes "$" base64(salt) "$" base64(hash)     without padding

/// <summary>Argon2 (RFC 9106) in the form that doveadm, PHP and libsodium write.</summary>
internal sealed class Argon2Hash : PasswordHash
{
    // RFC 9106 3.1: version 1.3.
    private const string Version = "v=19";

    private readonly bool _isArgon2Id;
    private readonly int _memory;
    private readonly int _passes;
    private readonly int _lanes;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private Argon2Hash(string scheme, bool isArgon2Id, int memory, int passes, int lanes, byte[] salt, byte[] hash)
        : base(scheme) =>
        (_isArgon2Id, _memory, _passes, _lanes, _salt, _hash) = (isArgon2Id, memory, passes, lanes, salt, hash);

    public static bool IsScheme(string scheme) => scheme is "ARGON2ID" or "ARGON2I";

    public static Argon2Hash? TryParse(string scheme, string value)
    {
        var isArgon2Id = scheme == "ARGON2ID";
        return value.Split('$') is ["", var name, Version, var costs, var salt, var hash]
            && name == (isArgon2Id ? "argon2id" : "argon2i")
            && costs.Split(',') is [var m, var t, var p]
            && TryRead(m, "m=", 8, PasswordLimits.Argon2Memory, out var memory)
            && TryRead(t, "t=", 1, PasswordLimits.Argon2Passes, out var passes)
            && TryRead(p, "p=", 1, PasswordLimits.Argon2Lanes, out var lanes)
            && memory >= 8 * lanes
            && Decode(salt) is { Length: >= 8 and <= PasswordLimits.SaltOctets } saltOctets
            && Decode(hash) is { Length: >= 4 and <= 64 } hashOctets
            ? new Argon2Hash(scheme, isArgon2Id, memory, passes, lanes, saltOctets, hashOctets)
            : null;
    }

    private protected override bool Matches(ReadOnlySpan<byte> password)
    {
        if (password.IsEmpty)
        {
            // The library takes none, and nobody has none.
            return false;
        }

        var octets = password.ToArray();
        try
        {
            using Argon2 argon2 = _isArgon2Id ? new Argon2id(octets) : new Argon2i(octets);
            (argon2.MemorySize, argon2.Iterations, argon2.DegreeOfParallelism, argon2.Salt) = (_memory, _passes, _lanes, _salt);
            return CryptographicOperations.FixedTimeEquals(argon2.GetBytes(_hash.Length), _hash);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static bool TryRead(string text, string name, int least, int most, out int value)
    {
        value = 0;
        return text.StartsWith(name, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
    }

    private static byte[]? Decode(string text) => text.Contains('.', StringComparison.Ordinal) ? null : AdaptedBase64.Decode(text.Replace('+', '.'));
}
