using MailProxy.Directory;
using MailProxy.Directory.Proofs;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>A directory that is asked as usual, and for a while cannot say what an address is.</summary>
internal sealed class AwayDirectory(IUserDirectory inner, Func<bool> isAway) : IUserDirectory
{
    public string? Unreadiness => inner.Unreadiness;

    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) => inner.AuthenticateAsync(request, cancellationToken);

    public ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken) => inner.ChallengeAsync(request, cancellationToken);

    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) => isAway()
        ? ValueTask.FromResult(new LookupResult(LookupOutcome.TemporarilyUnavailable, [], "it is away"))
        : inner.LookUpAsync(address, cancellationToken);

    public int Forget(string user) => inner.Forget(user);
}
