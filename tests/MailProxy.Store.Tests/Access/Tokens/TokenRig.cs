using System.Security.Cryptography;
using System.Text;
using MailProxy.Protocols.Sasl;
using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using MailProxy.Store.Tests.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MailProxy.Store.Tests.Access.Tokens;

/// <summary>A store with one key, a clock, and tokens as proxies make them, or not quite.</summary>
internal sealed class TokenRig : IDisposable
{
    private readonly TemporaryFile _file;

    public TokenRig(int mostRemembered = 1_000)
    {
        _file = new TemporaryFile(Key.ExportSubjectPublicKeyInfoPem());
        Verifier = new StoreTokenVerifier(_file.FullName, StoreToken.DefaultIssuer, "store-1", NullLogger.Instance, Time, mostRemembered);
        Access = new StoreAccess(new AccessOptions { TokenKeysFile = _file.FullName }, Verifier);
    }

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public StoreTokenVerifier Verifier { get; }

    /// <summary>Takes tokens under TLS only.</summary>
    public StoreAccess Access { get; }

    public string KeysFile => _file.FullName;

    /// <summary>What the verifier calls a key.</summary>
    public static string KeyIdOf(ECDsa key) => Base64UrlEncoder.Encode(new ECDsaSecurityKey(key).ComputeJwkThumbprint());

    /// <summary>A token for alice, IMAP and store-1, from now on; what is to be different is changed.</summary>
    public string Make(Action<SecurityTokenDescriptor>? change = null, ECDsa? key = null, string? keyId = null)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        var signing = new ECDsaSecurityKey(key ?? Key) { KeyId = keyId ?? KeyIdOf(key ?? Key) };
        var descriptor = new SecurityTokenDescriptor
        {
            TokenType = StoreToken.Type,
            Issuer = StoreToken.DefaultIssuer,
            Audience = "store-1",
            IssuedAt = now,
            NotBefore = now,
            Expires = now + StoreToken.Lifetime,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = "alice@example.org",
                ["jti"] = Guid.NewGuid().ToString("N"),
                [StoreToken.Protocol] = "imap",
                [StoreToken.Session] = "gy11z1",
            },
            SigningCredentials = new SigningCredentials(signing, SecurityAlgorithms.EcdsaSha256),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    /// <summary>The SASL message with a token, base64.</summary>
    public static string Message(string token, string user = "alice@example.org") =>
        Convert.ToBase64String(new SaslOAuthBearer(user, "", 0, Encoding.ASCII.GetBytes(token)).ToMessage());

    public ValueTask<AccessResult> VerifyAsync(string token, string user = "alice@example.org", string protocol = "imap") => Verifier.VerifyAsync(token, user, protocol);

    public void Dispose()
    {
        Verifier.Dispose();
        Key.Dispose();
        _file.Dispose();
    }
}
