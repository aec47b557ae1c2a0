using MailProxy.Directory.Proofs;

namespace MailProxy.Directory.Access;

/// <summary>Judges where from and by what each user may log in. Behind the cache, so that what is kept holds for every client.</summary>
internal sealed class RestrictingDirectory(IDirectoryProvider provider) : IDirectoryProvider
{
    /// <inheritdoc/>
    public string? Unreadiness => provider.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => provider.Notice;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => provider.DecidesBy | DecidingFacts.ClientAddress;

    /// <inheritdoc/>
    public long Version => provider.Version;

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken) => provider.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        var asking = provider.AuthenticateAsync(request, cancellationToken);

        // From a cache the answer is there at once, and nothing is allocated for it.
        return asking.IsCompletedSuccessfully ? new(AccessRules.Judge(request, asking.Result)) : JudgeAsync(request, asking);
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
        AccessRules.Judge(request, await asking);
}
