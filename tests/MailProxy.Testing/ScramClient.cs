using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Testing;

/// <summary>The client's side of SCRAM (RFC 5802), step by step, so that a test can go wrong at each of them. Messages are base64.</summary>
/// <param name="algorithm">SHA-1 or SHA-256.</param>
/// <param name="user">Needs no escapes.</param>
/// <param name="password">ASCII.</param>
/// <param name="header">gs2-header.</param>
/// <param name="channel">Channel binding; empty: none.</param>
public sealed class ScramClient(HashAlgorithmName algorithm, string user, string password, string header = "n,,", byte[]? channel = null)
{
    private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    private string _signature = "";

    /// <summary>What the server said: salt, base64.</summary>
    public string Salt { get; private set; } = "";

    /// <summary>What the server said: rounds.</summary>
    public int Rounds { get; private set; }

    /// <summary>Changes the nonce of the last message.</summary>
    public Func<string, string> Nonce { get; init; } = nonce => nonce;

    /// <summary>client-first-message.</summary>
    public string First => Encode(header + Bare);

    private string Bare => $"n={user},r={_nonce}";

    /// <summary>client-final-message.</summary>
    /// <param name="serverFirst">Base64.</param>
    public string Final(string serverFirst)
    {
        var first = Decode(serverFirst);
        var parts = first.Split(',');
        (Salt, Rounds) = (parts[1][2..], int.Parse(parts[2][2..], CultureInfo.InvariantCulture));
        if (!parts[0].StartsWith("r=" + _nonce, StringComparison.Ordinal) || parts[0].Length < _nonce.Length + 20)
        {
            throw new DialogueException($"The server's nonce does not go on from ours: {first}");
        }

        var input = Convert.ToBase64String([.. Encoding.ASCII.GetBytes(header), .. channel ?? []]);
        var withoutProof = $"c={input},{Nonce(parts[0])}";
        var signed = Encoding.UTF8.GetBytes($"{Bare},{first},{withoutProof}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(Salt), Rounds, algorithm, algorithm == HashAlgorithmName.SHA1 ? 20 : 32);
        var clientKey = CryptographicOperations.HmacData(algorithm, salted, "Client Key"u8);
        var proof = CryptographicOperations.HmacData(algorithm, CryptographicOperations.HashData(algorithm, clientKey), signed);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= clientKey[i];
        }

        _signature = "v=" + Convert.ToBase64String(CryptographicOperations.HmacData(algorithm, CryptographicOperations.HmacData(algorithm, salted, "Server Key"u8), signed));
        return Encode($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>True when the server has proved that it knows the keys.</summary>
    /// <param name="serverFinal">Base64.</param>
    public bool Trusts(string serverFinal) => Decode(serverFinal) == _signature;

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Decode(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text));
}
