using MailProxy.Directory.OAuth;
using MailProxy.Directory.Proofs;

namespace MailProxy.Directory.Access;

/// <summary>Judges where from and by what each user may log in, and asks about nothing that the provider cannot judge. Behind the cache, so that what is kept holds for every client.</summary>
internal sealed class RestrictingDirectory(IDirectoryProvider provider) : IDirectoryProvider
{
    /// <inheritdoc/>
    public string? Unreadiness => provider.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => provider.Notice;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => provider.DecidesBy | DecidingFacts.ClientAddress;

    /// <inheritdoc/>
    public CredentialKinds Takes => provider.Takes;

    /// <inheritdoc/>
    public long Version => provider.Version;

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken) => provider.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        if ((provider.Takes & request.Kind) == 0)
        {
            return new(WithError(request, new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: $"no provider takes {request.Kind.ToString().ToLowerInvariant()} ({request.Mechanism})")));
        }

        var asking = provider.AuthenticateAsync(request, cancellationToken);

        // From a cache the answer is there at once, and nothing is allocated for it.
        return asking.IsCompletedSuccessfully ? new(Judge(request, asking.Result)) : JudgeAsync(request, asking);
    }

    /// <inheritdoc/>
    public ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken) => provider.ChallengeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) => provider.LookUpAsync(address, cancellationToken);

    /// <inheritdoc/>
    public int Forget(string user) => provider.Forget(user);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => provider.DisposeAsync();

    private static async ValueTask<AuthenticationResult> JudgeAsync(AuthenticationRequest request, ValueTask<AuthenticationResult> asking) =>
        Judge(request, await asking);

    private static AuthenticationResult Judge(AuthenticationRequest request, AuthenticationResult result) => WithError(request, AccessRules.Judge(request, result));

    // RFC 7628 3.2.2: a client whose token was refused hears so before the protocol's own refusal, whoever refused it. That nobody can say now is not the token's fault.
    private static AuthenticationResult WithError(AuthenticationRequest request, AuthenticationResult result) =>
        request.Kind != CredentialKinds.Tokens || result.LastChallenge is not null
            || result.Outcome is AuthenticationOutcome.Authenticated or AuthenticationOutcome.TemporarilyUnavailable or AuthenticationOutcome.Throttled
            || BearerError.Of(request.Mechanism) is not { } error
                ? result
                : result with { LastChallenge = error };
}
