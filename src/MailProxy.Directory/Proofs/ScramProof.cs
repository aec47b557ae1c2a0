using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory.Passwords;

namespace MailProxy.Directory.Proofs;

/// <summary>A SCRAM client's proof (RFC 5802 3): compared with stored keys, or with those that a password in clear makes.</summary>
public sealed class ScramProof : LoginProof
{
    private readonly string _scheme;
    private readonly ScramParameters _shown;
    private readonly byte[] _signed;
    private readonly byte[] _proof;

    /// <param name="scheme"><c>SCRAM-SHA-256</c> or <c>SCRAM-SHA-1</c>.</param>
    /// <param name="shown">What the client was given to make keys of its password.</param>
    /// <param name="authMessage">client-first-message-bare "," server-first-message "," client-final-message-without-proof.</param>
    /// <param name="proof">ClientProof.</param>
    public ScramProof(string scheme, ScramParameters shown, string authMessage, ReadOnlySpan<byte> proof) =>
        (_scheme, _shown, _signed, _proof) = (scheme, shown, Encoding.UTF8.GetBytes(authMessage), proof.ToArray());

    /// <inheritdoc/>
    internal override ReadOnlyMemory<byte> Mark => _signed;

    /// <inheritdoc/>
    internal override bool Matches(PasswordHash stored)
    {
        var keys = stored switch
        {
            ScramKeys known when known.Scheme == _scheme => known,
            PlainPassword plain => plain.KeysFor(_scheme, _shown),
            _ => null,
        };
        if (keys is null || keys.StoredKey.Length != _proof.Length)
        {
            return false;
        }

        // ClientKey = ClientProof XOR HMAC(StoredKey, AuthMessage); right if H(ClientKey) is the StoredKey.
        Span<byte> clientKey = stackalloc byte[_proof.Length];
        CryptographicOperations.HmacData(keys.Algorithm, keys.StoredKey.Span, _signed, clientKey);
        for (var i = 0; i < clientKey.Length; i++)
        {
            clientKey[i] ^= _proof[i];
        }

        Span<byte> storedKey = stackalloc byte[_proof.Length];
        CryptographicOperations.HashData(keys.Algorithm, clientKey, storedKey);
        CryptographicOperations.ZeroMemory(clientKey);
        if (!CryptographicOperations.FixedTimeEquals(storedKey, keys.StoredKey.Span))
        {
            return false;
        }

        Answer = Encoding.ASCII.GetBytes("v=" + Convert.ToBase64String(CryptographicOperations.HmacData(keys.Algorithm, keys.ServerKey.Span, _signed)));
        return true;
    }
}
