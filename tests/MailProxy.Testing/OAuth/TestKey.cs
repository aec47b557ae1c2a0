using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MailProxy.Testing.OAuth;

/// <summary>A key that signs tokens, by the framework alone: not by the library that verifies them.</summary>
public sealed class TestKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private TestKey(string id, string algorithm, AsymmetricAlgorithm key) => (Id, Algorithm, _key) = (id, algorithm, key);

    /// <summary>Its <c>kid</c>.</summary>
    public string Id { get; }

    /// <summary>Its <c>alg</c>.</summary>
    public string Algorithm { get; }

    /// <summary>An RSA key.</summary>
    public static TestKey Rsa(string id, string algorithm = "RS256", int bits = 2_048) => new(id, algorithm, RSA.Create(bits));

    /// <summary>A key on P-256.</summary>
    public static TestKey Ec(string id) => new(id, "ES256", ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The public part, as an issuer publishes it.</summary>
    public JsonObject ToJwk()
    {
        if (_key is RSA rsa)
        {
            var parameters = rsa.ExportParameters(false);
            return new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = Id, ["n"] = Text(parameters.Modulus!), ["e"] = Text(parameters.Exponent!) };
        }

        var point = ((ECDsa)_key).ExportParameters(false).Q;
        return new JsonObject { ["kty"] = "EC", ["use"] = "sig", ["kid"] = Id, ["crv"] = "P-256", ["x"] = Text(point.X!), ["y"] = Text(point.Y!) };
    }

    /// <summary>The public part as PEM: what whoever confuses algorithms takes for a shared secret.</summary>
    public string ToPem() => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>A token of three parts.</summary>
    public string Sign(JsonObject header, JsonObject claims) => Sign(header.ToJsonString(), claims.ToJsonString());

    /// <summary>The same of texts, be they JSON or not.</summary>
    public string Sign(string header, string claims)
    {
        var input = $"{Text(Encoding.UTF8.GetBytes(header))}.{Text(Encoding.UTF8.GetBytes(claims))}";
        return $"{input}.{Text(Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    /// <summary>Base64url without padding.</summary>
    public static string Text(byte[] octets) => Base64Url.EncodeToString(octets);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private byte[] Sign(byte[] input)
    {
        var hash = Algorithm[2..] switch
        {
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        return _key is RSA rsa
            ? rsa.SignData(input, hash, Algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : ((ECDsa)_key).SignData(input, hash);
    }
}
