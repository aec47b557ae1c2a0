using MailProxy.Directory;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>A directory whose verdicts a test writes.</summary>
internal sealed class VerdictDirectory(Func<AuthenticationRequest, AuthenticationResult> verdict) : IUserDirectory
{
    public string? Unreadiness => null;

    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(verdict(request));

    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult(new LookupResult(LookupOutcome.NotOurDomain, []));
}
