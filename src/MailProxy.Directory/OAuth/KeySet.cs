using System.Buffers.Text;
using Microsoft.IdentityModel.Tokens;

namespace MailProxy.Directory.OAuth;

/// <summary>An issuer's public keys (RFC 7517), of those kinds that verify signatures. Immutable.</summary>
internal sealed class KeySet
{
    // Issuers have two to ten. More would make a token without a key id cost as many verifications.
    private const int MostKeys = 100;

    // NIST SP 800-131A: nothing shorter is good; and nothing longer is in use, but takes its time.
    private const int LeastModulus = 2_048 / 8;
    private const int MostModulus = 8_192 / 8;

    // 65537 has three octets. A long exponent makes verifying as slow as its author wants.
    private const int MostExponent = 4;

    private static readonly (string Curve, int Octets, string Algorithm)[] Curves = [("P-256", 32, "ES256"), ("P-384", 48, "ES384"), ("P-521", 66, "ES512")];

    private readonly IReadOnlyList<JsonWebKey> _keys;

    private KeySet(IReadOnlyList<JsonWebKey> keys) => _keys = keys;

    /// <summary>How many.</summary>
    public int Count => _keys.Count;

    /// <summary>Reads a set. Keys of other kinds (shared secrets, encryption, short ones) are left out; none at all is a fault.</summary>
    /// <exception cref="IssuerFaultException">It is none, or not to be used.</exception>
    public static KeySet Parse(byte[] json)
    {
        if (TokenClaims.TryParse(json)?.Objects("keys", MostKeys) is not { } entries)
        {
            throw new IssuerFaultException($"it is no key set (RFC 7517 5) of at most {MostKeys} keys");
        }

        JsonWebKey[] keys = [.. entries.Select(Read).OfType<JsonWebKey>()];
        return keys.Length > 0 ? new KeySet(keys) : throw new IssuerFaultException("it holds no public key of RSA (2048 bits or more) or an elliptic curve (P-256, P-384, P-521) for signatures");
    }

    /// <summary>The keys that a header may mean: by its key id if it has one, and of the kind that the algorithm wants.</summary>
    public IReadOnlyList<JsonWebKey> Find(string? kid, string algorithm) =>
        [.. _keys.Where(key => (kid is null || key.Kid == kid) && Suits(key, algorithm))];

    /// <summary>A key with this id is known, of whatever kind.</summary>
    public bool Knows(string? kid) => kid is null || _keys.Any(key => key.Kid == kid);

    /// <summary>The same keys, in whatever order.</summary>
    public bool IsSame(KeySet? other) => other is not null && _keys.Select(TextOf).ToHashSet(StringComparer.Ordinal).SetEquals(other._keys.Select(TextOf));

    private static string TextOf(JsonWebKey key) => $"{key.Kid} {key.Alg} {key.N} {key.E} {key.Crv} {key.X} {key.Y}";

    private static bool Suits(JsonWebKey key, string algorithm) =>
        (key.Alg is null || key.Alg == algorithm)
        && (key.Kty == "RSA" ? algorithm[0] is 'R' or 'P' : Curves.Any(curve => curve.Curve == key.Crv && curve.Algorithm == algorithm));

    // A copy of what is needed and nothing else: no private parts, no certificates, nothing that points elsewhere.
    private static JsonWebKey? Read(TokenClaims entry)
    {
        if (entry.Text("use") is not (null or "sig"))
        {
            return null;
        }

        var key = new JsonWebKey { Kty = entry.Text("kty"), Kid = entry.Text("kid"), Alg = entry.Text("alg") };
        switch (key.Kty)
        {
            case "RSA":
                (key.N, key.E) = (entry.Text("n"), entry.Text("e"));
                return Length(key.N) is >= LeastModulus and <= MostModulus && Length(key.E) is >= 1 and <= MostExponent ? key : null;
            case "EC":
                (key.Crv, key.X, key.Y) = (entry.Text("crv"), entry.Text("x"), entry.Text("y"));
                return Curves.FirstOrDefault(curve => curve.Curve == key.Crv) is { Octets: > 0 and var length } && Length(key.X) == length && Length(key.Y) == length ? key : null;
            default:
                return null;
        }
    }

    private static int Length(string? text) => text is not null && Base64Url.IsValid(text, out var length) ? length : -1;
}
