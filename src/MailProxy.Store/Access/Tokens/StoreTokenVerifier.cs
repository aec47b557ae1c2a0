using System.Collections.Frozen;
using MailProxy.Transport.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MailProxy.Store.Access.Tokens;

/// <summary>
/// Judges proxies' tokens (<see cref="StoreToken"/>): signed by ES256 with a key that we have, of our issuer, for this store, good now and not for long, for this
/// protocol, and used once. The key is found by its <c>kid</c>, which is its thumbprint (RFC 7638), so that several can be in use while they are changed.
/// </summary>
public sealed class StoreTokenVerifier : IDisposable
{
    // Each is remembered for two minutes, by some 50 octets: room for 8,000 logins a second on this one store.
    private const int MostRemembered = 1_000_000;

    // 128 random bits are 22 characters; a session's id is shorter.
    private const int LongestId = 64;

    private readonly FollowedFile<FrozenDictionary<string, ECDsaSecurityKey>> _keys;
    private readonly JsonWebTokenHandler _handler = new();
    private readonly TokenValidationParameters _rules;
    private readonly ReplayGuard _used;
    private readonly TimeProvider _time;

    /// <summary>Reads the keys and follows their file. Errors: <see cref="CertificateFileException"/>.</summary>
    /// <param name="keysFile">PEM file with the public keys.</param>
    /// <param name="issuer">Who must have made a token.</param>
    /// <param name="storeId">Our id: whom a token must be for.</param>
    /// <param name="logger">Hears of changes of the file.</param>
    /// <param name="time">Now.</param>
    /// <param name="mostRemembered">Tokens whose use is remembered at once.</param>
    public StoreTokenVerifier(string keysFile, string issuer, string storeId, ILogger logger, TimeProvider time, int mostRemembered = MostRemembered)
    {
        _time = time;
        _keys = new(keysFile, LoadKeys, logger, time);

        // Nothing is good for longer than this after it was first seen, whatever the clocks say.
        _used = new ReplayGuard(mostRemembered, StoreToken.Lifetime + (2 * StoreToken.ClockSkew), time);
        _rules = new TokenValidationParameters
        {
            // One algorithm, so that no header can choose another ("none", or HS256 with the public key as its secret: RFC 8725 2.1).
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [StoreToken.Type],
            ValidIssuer = issuer,
            ValidAudience = storeId,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            TryAllIssuerSigningKeys = false,
            IssuerSigningKeyResolver = (_, _, kid, _) => kid is not null && _keys.Current.TryGetValue(kid, out var key) ? [key] : [],
            LifetimeValidator = (notBefore, expires, _, _) => IsGoodNow(notBefore, expires),
        };
    }

    /// <summary>Reads the keys now.</summary>
    public void Reload() => _keys.Reload();

    /// <inheritdoc/>
    public void Dispose() => _keys.Dispose();

    /// <summary>The keys of a file by their thumbprints. Errors: <see cref="CertificateFileException"/>.</summary>
    public static FrozenDictionary<string, ECDsaSecurityKey> LoadKeys(string path)
    {
        var keys = new Dictionary<string, ECDsaSecurityKey>(StringComparer.Ordinal);
        foreach (var ecdsa in PemKeys.LoadPublic(path))
        {
            var key = new ECDsaSecurityKey(ecdsa);
            key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
            keys[key.KeyId] = key;
        }

        return keys.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Judges a token, and takes note of it: the same one is refused from now on. Unavailable: too many are in use to take note of another.</summary>
    /// <param name="token">As it came, at most 8,192 characters.</param>
    /// <param name="user">Whom the peer wants to be, canonical; empty: whom the token names.</param>
    /// <param name="protocol">The server's, as <see cref="StoreToken.Protocol"/> has it.</param>
    internal async ValueTask<AccessResult> VerifyAsync(string token, string user, string protocol)
    {
        var result = await _handler.ValidateTokenAsync(token, _rules);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt)
        {
            return Refused(ReasonOf(result.Exception));
        }

        if (!CanonicalUser.TryParse(jwt.Subject ?? "", out var subject))
        {
            return Refused("of nobody");
        }

        if (user.Length > 0 && user != subject)
        {
            return Refused("of another user");
        }

        if (!jwt.TryGetPayloadValue<string>(StoreToken.Protocol, out var forProtocol) || forProtocol != protocol)
        {
            return Refused("for another protocol");
        }

        if (jwt.Id is not { Length: > 0 and <= LongestId } id)
        {
            return Refused("without an id");
        }

        // Last: a token that was refused for anything else is not used up.
        return _used.TryUse(id) switch
        {
            true => new(AccessOutcome.Granted, subject, $"OAUTHBEARER by token of session {SessionOf(jwt)}"),
            false => Refused("that was used before"),
            null => new(AccessOutcome.Unavailable, "", "OAUTHBEARER, but too many tokens are in use to take note of another"),
        };
    }

    private static AccessResult Refused(string what) => new(AccessOutcome.Refused, "", $"OAUTHBEARER with a token {what}");

    // Its texts would tell parts of the token; its types say enough.
    private static string ReasonOf(Exception? exception) => exception switch
    {
        SecurityTokenInvalidAudienceException => "for another store",
        SecurityTokenInvalidIssuerException => "of another issuer",
        SecurityTokenInvalidLifetimeException or SecurityTokenNoExpirationException => "that is not good now: it expired, is of the future (compare the clocks), or is good for too long",
        SecurityTokenSignatureKeyNotFoundException => "of a key that is not in the keys' file",
        SecurityTokenInvalidTypeException => "of another type",
        SecurityTokenInvalidAlgorithmException => "by another algorithm than ES256",
        SecurityTokenInvalidSignatureException => "whose signature is wrong",
        _ => "that is none",
    };

    private static string SessionOf(JsonWebToken token) =>
        token.TryGetPayloadValue<string>(StoreToken.Session, out var session) && session is { Length: > 0 and <= LongestId } && session.All(char.IsAsciiLetterOrDigit)
            ? session
            : "-";

    private bool IsGoodNow(DateTime? notBefore, DateTime? expires)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return notBefore is { } from && expires is { } to
            && from - StoreToken.ClockSkew <= now && now < to + StoreToken.ClockSkew && to - from <= StoreToken.Lifetime;
    }
}
