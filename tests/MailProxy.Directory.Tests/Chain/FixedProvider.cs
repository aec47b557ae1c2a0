namespace MailProxy.Directory.Tests.Chain;

/// <summary>A provider that always says the same, as long as a test wants it to.</summary>
internal sealed class FixedProvider : IDirectoryProvider
{
    public AuthenticationOutcome Answer { get; set; }

    public string? Unreadiness { get; set; }

    public string? Notice { get; set; }

    public ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new AuthenticationResult(Answer, Detail: "fixed"));

    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new LookupResult(LookupOutcome.NoSuchUser, []));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
