using MailProxy.Directory;
using MailProxy.Directory.Proofs;

namespace MailProxy.Nodes.Reloading;

/// <summary>A directory that can be exchanged for another while it is asked. What the one before kept (answers, counts of guesses) goes with it.</summary>
internal sealed class SwitchingDirectory(IDirectoryProvider first, TimeProvider time) : IDirectoryProvider
{
    // Longer than any provider takes for an answer: nobody asks the one before any more then.
    private static readonly TimeSpan Farewell = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _leaving = [];
    private volatile IDirectoryProvider _current = first;

    /// <inheritdoc/>
    public string? Unreadiness => _current.Unreadiness;

    /// <inheritdoc/>
    public string? Notice => _current.Notice;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => _current.DecidesBy;

    /// <inheritdoc/>
    public CredentialKinds Takes => _current.Takes;

    /// <inheritdoc/>
    public long Version => _current.Version;

    /// <summary>From now on another one is asked, which has been started. Not from two threads at once.</summary>
    public void Switch(IDirectoryProvider next)
    {
        var before = _current;
        _current = next;
        _leaving.RemoveAll(task => task.IsCompleted);
        _leaving.Add(LeaveAsync(before));
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken) => _current.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) =>
        _current.AuthenticateAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken) => _current.ChallengeAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) => _current.LookUpAsync(address, cancellationToken);

    /// <inheritdoc/>
    public int Forget(string user) => _current.Forget(user);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_leaving);
        await _current.DisposeAsync();
        _stop.Dispose();
    }

    private async Task LeaveAsync(IDirectoryProvider before)
    {
        try
        {
            await Task.Delay(Farewell, time, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The node stops: nobody asks anybody any more.
        }

        await before.DisposeAsync();
    }
}
