using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Store.Access.Tokens;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MailProxy.Nodes;

/// <summary>Signs a proxy's tokens (<see cref="StoreToken"/>) with the cluster's key, whose file is followed.</summary>
internal sealed class StoreTokenSigner : IStoreTokenSigner, IDisposable
{
    private const int IdOctets = 16;

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly FollowedFile<SigningCredentials> _key;
    private readonly string _issuer;
    private readonly TimeProvider _time;

    /// <summary>Reads the key. Errors: <see cref="CertificateFileException"/>.</summary>
    public StoreTokenSigner(string keyFile, string issuer, ILogger logger, TimeProvider time)
    {
        (_issuer, _time) = (issuer, time);
        _key = new(keyFile, Load, logger, time);
    }

    /// <summary>The key of a file. Errors: <see cref="CertificateFileException"/>.</summary>
    public static SigningCredentials Load(string path)
    {
        var key = new ECDsaSecurityKey(PemKeys.LoadPrivate(path));

        // Stores compute the same from the public key: nobody has to invent names for keys.
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256);
    }

    /// <inheritdoc/>
    public Secret Sign(string store, string user, string protocol, string sessionId)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return new Secret(Encoding.ASCII.GetBytes(_handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = StoreToken.Type,
            Issuer = _issuer,
            Audience = store,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + StoreToken.Lifetime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = user,
                [JwtRegisteredClaimNames.Jti] = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(IdOctets)),
                [StoreToken.Protocol] = protocol,
                [StoreToken.Session] = sessionId,
            },
            SigningCredentials = _key.Current,
        })));
    }

    /// <summary>Reads the key now.</summary>
    public void Reload() => _key.Reload();

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
