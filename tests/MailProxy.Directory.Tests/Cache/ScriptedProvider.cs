namespace MailProxy.Directory.Tests.Cache;

/// <summary>A provider that says what the test wants, when it wants it, and counts.</summary>
internal sealed class ScriptedProvider : IDirectoryProvider
{
    private TaskCompletionSource _gate = Open();
    private CancellationToken _token;

    public AuthenticationOutcome Answer { get; set; } = AuthenticationOutcome.Authenticated;

    public LookupOutcome Found { get; set; } = LookupOutcome.Found;

    public Exception? Fault { get; set; }

    public string? Unreadiness { get; set; }

    public string? Notice => null;

    public long Version { get; set; }

    public DecidingFacts DecidesBy { get; set; }

    public int Asked { get; private set; }

    public int LookedUp { get; private set; }

    public bool WasGivenUp => _token.IsCancellationRequested;

    public Secret? Secret { get; private set; }

    /// <summary>From now on answers wait.</summary>
    public void Hold() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _gate.TrySetResult();

    public ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        Asked++;
        Secret = request.Secret;
        _token = cancellationToken;
        await _gate.Task.WaitAsync(cancellationToken);
        return Fault is null ? new AuthenticationResult(Answer, UserOf($"{request.AuthenticationId}@example.org"), "scripted") : throw Fault;
    }

    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        LookedUp++;
        return ValueTask.FromResult(new LookupResult(Found, Found == LookupOutcome.Found ? [UserOf(address.ToLowerInvariant())] : [], "scripted"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static DirectoryUser UserOf(string name) => new(name, null, new Dictionary<string, string>());

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
