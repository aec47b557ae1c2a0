using MailProxy.Directory.Proofs;

namespace MailProxy.Directory.Guard;

/// <summary>A directory that guesses reach slowly. In front of everything else: whom the cache would answer waits as well.</summary>
internal sealed class GuardedDirectory(IDirectoryProvider directory, GuardOptions options, TimeProvider time, Random random, ISharedGuard? shared = null) : IDirectoryProvider
{
    private readonly GuessGuard _guard = new(options, time, random, shared);

    /// <inheritdoc/>
    public string? Unreadiness => directory.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => directory.Notice;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => directory.DecidesBy | DecidingFacts.ClientAddress;

    /// <inheritdoc/>
    public CredentialKinds Takes => directory.Takes;

    /// <inheritdoc/>
    public long Version => directory.Version;

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken) => directory.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Proof is { IsVerified: true })
        {
            // There was nothing to guess.
            return await directory.AuthenticateAsync(request, cancellationToken);
        }

        var address = ClientPrefix.Of(request.Client);
        var isToken = request.Kind == CredentialKinds.Tokens;
        var guess = Guess.Of(request, address);
        var attempt = isToken ? GuessGuard.BeginByToken(address, guess) : _guard.Begin(request.AuthenticationId, address, guess);
        var hasVerdict = false;
        try
        {
            if (!await _guard.WaitAsync(attempt, cancellationToken))
            {
                return new AuthenticationResult(AuthenticationOutcome.Throttled, Detail: "too many wrong passwords lately");
            }

            var result = await directory.AuthenticateAsync(request, cancellationToken);
            switch (result.Outcome)
            {
                case AuthenticationOutcome.Authenticated:
                    // A token may come without a name.
                    _guard.Succeeded(isToken && result.User is { } user ? user.Name : request.AuthenticationId, attempt);
                    hasVerdict = true;
                    break;
                case AuthenticationOutcome.WrongPassword or AuthenticationOutcome.NoSuchUser or AuthenticationOutcome.NotAuthorized:
                    _guard.Failed(request.AuthenticationId, attempt);
                    hasVerdict = true;
                    break;
            }

            return result;
        }
        finally
        {
            attempt.User?.Ended(attempt.Hash);
            if (!hasVerdict)
            {
                attempt.Shared?.Ended();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken) => directory.ChallengeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) => directory.LookUpAsync(address, cancellationToken);

    /// <inheritdoc/>
    public int Forget(string user) => directory.Forget(user);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => directory.DisposeAsync();
}
