using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.OAuth;

/// <summary>Whoever shows a good access token of one issuer (docs/directory.md). Knows no passwords, and no addresses but whole domains.</summary>
public sealed class OAuthUserDirectory : IDirectoryProvider
{
    /// <summary>As clients may send, octets.</summary>
    internal const int LongestToken = 8_192;

    private readonly OAuthOptions _options;
    private readonly ITokenVerifier _verifier;
    private readonly TokenUser _users;
    private readonly FrozenSet<string> _domains;

    /// <summary>Nothing is asked before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="logger">For keys and servers.</param>
    /// <param name="time">For ages, pauses and what is expired.</param>
    public OAuthUserDirectory(OAuthOptions options, ILogger<OAuthUserDirectory> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _verifier = options.Introspects ? new IntrospectionVerifier(options, logger, time) : new JwtVerifier(options, logger, time);
        _users = new TokenUser(options);
        _domains = options.Domains.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public string? Unreadiness => _verifier.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => _verifier.Notice;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => DecidingFacts.None;

    /// <inheritdoc/>
    public CredentialKinds Takes => CredentialKinds.Tokens;

    /// <summary>A withdrawn key ends kept answers, too.</summary>
    public long Version => _verifier.Version;

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken) => await _verifier.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.IsVouched || request.Kind != CredentialKinds.Tokens)
        {
            return new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: "this provider takes tokens and nothing else");
        }

        var octets = request.Secret.Octets.Span;
        var verdict = octets.Length is 0 or > LongestToken || octets.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? TokenVerdict.Bad($"it is no token: 1 to {LongestToken} printable characters")
            : await _verifier.VerifyAsync(Encoding.ASCII.GetString(octets), request.Trace, cancellationToken);
        return verdict is { Outcome: AuthenticationOutcome.Authenticated, Claims: { } claims } ? Accept(request, verdict, claims) : Refuse(request, verdict);
    }

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.LastIndexOf('@');
        return ValueTask.FromResult(at > 0 && at < address.Length - 1 && _domains.Contains(address[(at + 1)..])
            ? new LookupResult(LookupOutcome.Found, [UserOf(address.ToLowerInvariant(), null)], "not asked: the store decides")
            : new LookupResult(LookupOutcome.NotOurDomain, [], "none of the provider's domains"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _verifier.DisposeAsync();

    private AuthenticationResult Accept(AuthenticationRequest request, TokenVerdict verdict, TokenClaims claims)
    {
        var (name, problem) = _users.NameOf(claims);
        if (name is null)
        {
            return Refuse(request, new TokenVerdict(AuthenticationOutcome.NotAuthorized, problem));
        }

        request.Trace?.Invoke($"it is {name}'s (claim {_options.UserClaim})");
        if (!_users.IsSame(request.AuthenticationId, name) || !_users.IsSame(request.AuthorizationId, name))
        {
            return Refuse(request, new TokenVerdict(AuthenticationOutcome.NotAuthorized, $"the token is {name}'s, and the client wants to be somebody else"));
        }

        return _users.TryHome(claims, out var home)
            ? new AuthenticationResult(AuthenticationOutcome.Authenticated, UserOf(name, home), $"token of {_options.Issuer}") { GoodUntil = verdict.Until }
            : new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, Detail: $"claim {_options.HomeClaim} of {name} is no store id");
    }

    private AuthenticationResult Refuse(AuthenticationRequest request, TokenVerdict verdict)
    {
        var result = new AuthenticationResult(verdict.Outcome, Detail: verdict.Detail);
        return verdict.Outcome != AuthenticationOutcome.TemporarilyUnavailable
            && BearerError.Of(request.Mechanism, verdict.LacksScope, _options.Scopes, _options.Discovery) is { } error
                ? result with { LastChallenge = error }
                : result;
    }

    private static DirectoryUser UserOf(string name, string? home) => new(name, home, FrozenDictionary<string, string>.Empty);
}
