namespace MailProxy.Directory.Guard;

/// <summary>A directory that guesses reach slowly. In front of everything else: whom the cache would answer waits as well.</summary>
internal sealed class GuardedDirectory(IDirectoryProvider directory, GuardOptions options, TimeProvider time, Random random) : IDirectoryProvider
{
    private readonly GuessGuard _guard = new(options, time, random);

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
        var isToken = request.Kind == CredentialKinds.Tokens;
        var attempt = isToken ? GuessGuard.BeginByToken(ClientPrefix.Of(request.Client)) : _guard.Begin(request.AuthenticationId, ClientPrefix.Of(request.Client), request.Secret);
        try
        {
            if (!await _guard.WaitAsync(attempt, request.Secret, cancellationToken))
            {
                return new AuthenticationResult(AuthenticationOutcome.Throttled, Detail: "too many wrong passwords lately");
            }

            var result = await directory.AuthenticateAsync(request, cancellationToken);
            switch (result.Outcome)
            {
                case AuthenticationOutcome.Authenticated:
                    // A token may come without a name.
                    _guard.Succeeded(isToken && result.User is { } user ? user.Name : request.AuthenticationId, attempt.Address);
                    break;
                case AuthenticationOutcome.WrongPassword or AuthenticationOutcome.NoSuchUser or AuthenticationOutcome.NotAuthorized:
                    _guard.Failed(request.AuthenticationId, attempt, request.Secret);
                    break;
            }

            return result;
        }
        finally
        {
            attempt.User?.Ended(attempt.Hash);
        }
    }

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) => directory.LookUpAsync(address, cancellationToken);

    /// <inheritdoc/>
    public int Forget(string user) => directory.Forget(user);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => directory.DisposeAsync();
}
