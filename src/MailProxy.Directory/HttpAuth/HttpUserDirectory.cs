using System.Collections.Frozen;
using MailProxy.Directory.Proofs;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.HttpAuth;

/// <summary>Users known to an HTTP service that speaks nginx's auth_http protocol (docs/directory.md says what it is asked and may answer).</summary>
public sealed class HttpUserDirectory : IDirectoryProvider
{
    private readonly HttpAuthOptions _options;
    private readonly AuthServices _services;
    private readonly TimeProvider _time;
    private readonly FrozenSet<string> _domains;

    /// <summary>Nothing is dialled before <see cref="StartAsync"/>. Options must be valid.</summary>
    public HttpUserDirectory(HttpAuthOptions options, ILogger logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time) = (options, time);
        _services = new AuthServices(options, logger, time);
        _domains = options.Domains.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public string? Unreadiness => _services.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => Unreadiness is null ? _services.Problems : null;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => _options.Facts;

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken) => await _services.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.IsVouched)
        {
            return await AnswerVouchedAsync(request, cancellationToken);
        }

        if (request.AuthorizationId.Length > 0 && !request.AuthorizationId.Equals(request.AuthenticationId, StringComparison.OrdinalIgnoreCase))
        {
            return new AuthenticationResult(AuthenticationOutcome.NotAuthorized, Detail: "the protocol cannot ask whether somebody may act as another");
        }

        if (request.Proof is ScramProof)
        {
            return new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: StoredKeys.CannotJudge("the service"));
        }

        var headers = QuestionHeaders.OfLogin(request, _options.PassClientCertificate);
        var (answer, url) = await AskAsync(request.AuthenticationId, headers, cancellationToken);
        return answer switch
        {
            HttpAnswer.Accepted accepted => Accept(accepted, request, url),
            HttpAnswer.Refused refused => new AuthenticationResult(
                refused.IsTemporary ? AuthenticationOutcome.TemporarilyUnavailable : AuthenticationOutcome.WrongPassword,
                Detail: $"{url}: {refused.Words.Text}",
                Refusal: refused.Words),
            _ => new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, Detail: ProblemOf(answer, url)),
        };
    }

    /// <inheritdoc/>
    public ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StoredKeys.NotShown("the service"));

    /// <inheritdoc/>
    public async ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.LastIndexOf('@');
        var isOurs = at > 0 && at < address.Length - 1
            && (_domains.Count == 0 ? _options.LookUp == HttpLookUp.Auth : _domains.Contains(address[(at + 1)..]));
        if (!isOurs)
        {
            return new LookupResult(LookupOutcome.NotOurDomain, [], "none of the provider's domains");
        }

        if (_options.LookUp == HttpLookUp.None)
        {
            return new LookupResult(LookupOutcome.Found, [UserOf(address)], "not asked: the store decides");
        }

        var (answer, url) = await AskAsync(address, QuestionHeaders.OfLookUp(address), cancellationToken);
        switch (answer)
        {
            case HttpAnswer.Accepted accepted:
                accepted.Password?.Dispose();
                return new LookupResult(LookupOutcome.Found, [UserOf(accepted.User ?? address, accepted.Home, accepted.Address)], url);
            case HttpAnswer.Refused { IsTemporary: false } refused:
                return new LookupResult(LookupOutcome.NoSuchUser, [], $"{url}: {refused.Words.Text}");
            case HttpAnswer.Refused refused:
                return new LookupResult(LookupOutcome.TemporarilyUnavailable, [], $"{url}: {refused.Words.Text}");
            default:
                return new LookupResult(LookupOutcome.TemporarilyUnavailable, [], ProblemOf(answer, url));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();

    // The protocol has no question without a password but that about a recipient.
    private async ValueTask<AuthenticationResult> AnswerVouchedAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        var found = await LookUpAsync(request.AuthenticationId, cancellationToken);
        return found switch
        {
            { Outcome: LookupOutcome.Found, Users: [var user] } => new AuthenticationResult(AuthenticationOutcome.Authenticated, user, $"vouched for; {found.Detail}"),
            { Outcome: LookupOutcome.TemporarilyUnavailable } => new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, Detail: found.Detail),
            _ => new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: found.Detail),
        };
    }

    // "WAIT" is obeyed here: whoever waits for the answer need not know that there were several.
    private async Task<(HttpAnswer Answer, string Url)> AskAsync(string user, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        for (var repeats = 0; ; repeats++)
        {
            var (answer, url) = await _services.AskAsync(user, headers, cancellationToken);
            if (answer is not HttpAnswer.Later later || repeats == _options.Repeats)
            {
                return (answer, url);
            }

            await Task.Delay(later.Wait, _time, cancellationToken);
        }
    }

    private string ProblemOf(HttpAnswer answer, string url) => answer switch
    {
        HttpAnswer.Unusable unusable => $"{url}: {unusable.Problem}",
        _ => $"{url}: it said Auth-Status: WAIT {_options.Repeats + 1} times",
    };

    private static AuthenticationResult Accept(HttpAnswer.Accepted accepted, AuthenticationRequest request, string url)
    {
        using var password = accepted.Password;
        var login = accepted.User is null && password is null
            ? null
            : new StoreCredentials(accepted.User, password is null ? null : SealedSecret.Seal(password.Octets.Span, request.Secret));
        return new AuthenticationResult(
            AuthenticationOutcome.Authenticated, UserOf(accepted.User ?? request.AuthenticationId, accepted.Home, accepted.Address, login), url);
    }

    private static DirectoryUser UserOf(string name, string? home = null, StoreAddress? address = null, StoreCredentials? login = null) =>
        new(name.ToLowerInvariant(), home, FrozenDictionary<string, string>.Empty, address, login);
}
