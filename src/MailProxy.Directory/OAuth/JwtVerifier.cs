using System.Buffers.Text;
using System.Text.Json;
using MailProxy.Directory.HttpAuth;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MailProxy.Directory.OAuth;

/// <summary>
/// Signed tokens (RFC 7515, 7519, 9068), by the issuer's keys. The library verifies signature, algorithm, issuer and audience; what else a token must be is
/// judged here, before (its header) and after (<see cref="TokenRules"/>).
/// </summary>
internal sealed class JwtVerifier : ITokenVerifier
{
    // RFC 8725 3.11, RFC 9068 2.1. Many issuers still write JWT, or nothing.
    private static readonly string[] Types = ["at+jwt", "application/at+jwt", "JWT"];

    // With a key id there is one, or two while they change. Without, each costs a verification.
    private const int MostTried = 8;

    private readonly OAuthOptions _options;
    private readonly TokenRules _rules;
    private readonly IssuerClient _client;
    private readonly KeyRing _keys;
    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = OAuthUserDirectory.LongestToken };

    /// <param name="options">Valid.</param>
    /// <param name="logger">For keys.</param>
    /// <param name="time">For ages.</param>
    public JwtVerifier(OAuthOptions options, ILogger logger, TimeProvider time)
    {
        _options = options;
        _rules = new TokenRules(options, time);
        _client = new IssuerClient(options, time);
        _keys = new KeyRing(new KeySource(options, _client).LoadAsync, options, logger, time);
    }

    /// <inheritdoc/>
    public string? Unreadiness => _keys.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => _keys.Unreadiness is null && _keys.Problem is { } problem ? $"the last keys serve up to {_options.KeepKeys:c}: {problem}" : null;

    /// <inheritdoc/>
    public long Version => _keys.Version;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => _keys.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<TokenVerdict> VerifyAsync(string token, Action<string>? trace, CancellationToken cancellationToken)
    {
        // Three parts: a token that is encrypted (five) is for somebody who has its key.
        if (token.Split('.') is not [var first, var second, { Length: > 0 }] || Decode(first) is not { } header || Decode(second) is not { } payload)
        {
            return TokenVerdict.Bad("it is no JWT: not three parts, or their JSON cannot be read");
        }

        var (algorithm, kid) = (header.Text("alg") ?? "none", header.Text("kid"));
        trace?.Invoke($"a JWT of '{Show(payload.Text("iss"))}', signed by {Show(algorithm)}, key '{Show(kid)}'");
        if (!_rules.IsOurs(payload))
        {
            return new TokenVerdict(AuthenticationOutcome.NoSuchUser, $"it is a token of '{Show(payload.Text("iss"))}'");
        }

        if (ProblemOf(header, algorithm) is { } problem)
        {
            return TokenVerdict.Bad(problem);
        }

        var found = await _keys.FindAsync(kid, algorithm, cancellationToken);
        if (found.Problem is { } unknown)
        {
            return TokenVerdict.Unavailable(unknown);
        }

        if (found.Keys.Count is 0 or > MostTried)
        {
            return TokenVerdict.Bad(found.Keys.Count == 0 ? $"the issuer has no key '{Show(kid)}' for {Show(algorithm)}" : $"it names no key, and the issuer has {found.Keys.Count} for {Show(algorithm)}");
        }

        // It is the processor that works now: not on a thread that carries connections.
        var verified = await Task.Run(() => ValidateAsync(token, found.Keys), cancellationToken);
        if (!verified.IsValid && verified.Exception is not SecurityTokenInvalidAudienceException)
        {
            return TokenVerdict.Bad($"its signature is not good ({verified.Exception?.GetType().Name ?? "no reason given"})");
        }

        trace?.Invoke("its signature is good");
        var verdict = _rules.Judge(payload, mustEnd: true);
        return verified.IsValid || verdict.Outcome != AuthenticationOutcome.Authenticated ? verdict : TokenVerdict.Bad("it is not meant for us (aud)");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _keys.DisposeAsync();
        _client.Dispose();
    }

    // Most of what is wrong is told in the result; what the library throws all the same is about this token, too.
    private async Task<TokenValidationResult> ValidateAsync(string token, IReadOnlyList<JsonWebKey> keys)
    {
        try
        {
            return await _handler.ValidateTokenAsync(token, Parameters(keys));
        }
        catch (Exception exception) when (exception is SecurityTokenException or ArgumentException or FormatException or InvalidOperationException or JsonException)
        {
            return new TokenValidationResult { IsValid = false, Exception = exception };
        }
    }

    private string? ProblemOf(TokenClaims header, string algorithm)
    {
        if (!_options.GoodAlgorithms.Contains(algorithm, StringComparer.Ordinal))
        {
            return $"it is signed by '{Show(algorithm)}' (alg), which is none of {nameof(_options.Algorithms)}";
        }

        // RFC 7515 4.1.11: what must be understood and is not makes the whole token invalid. We understand none.
        if (header.Has("crit"))
        {
            return "its header has critical parameters (crit), of which none is known here";
        }

        return header.Has("typ") && !Types.Contains(header.Text("typ"), StringComparer.OrdinalIgnoreCase) ? $"it is a '{Show(header.Text("typ"))}' (typ), no access token" : null;
    }

    // Lifetime is judged by the rules, by our clock, so that "expired" can be told from "forged".
    private TokenValidationParameters Parameters(IReadOnlyList<JsonWebKey> keys) => new()
    {
        ValidIssuer = _options.Issuer,
        ValidAudiences = _options.Audiences,
        ValidAlgorithms = _options.GoodAlgorithms,
        RequireSignedTokens = true,
        ValidateIssuerSigningKey = true,
        IssuerSigningKeys = keys,
        TryAllIssuerSigningKeys = true,
        LifetimeValidator = (_, _, _, _) => true,
    };

    private static TokenClaims? Decode(string part)
    {
        try
        {
            return TokenClaims.TryParse(Base64Url.DecodeFromChars(part));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Show(string? text) => text is null ? "-" : HeaderText.Printable(text, 100);
}
