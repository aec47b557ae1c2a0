namespace MailProxy.Directory;

/// <summary>A directory with a life: start it before the listeners open, dispose it after they closed.</summary>
public interface IDirectoryProvider : IUserDirectory, IAsyncDisposable
{
    /// <summary>
    /// Makes it ready, as far as that is possible now. Does not throw if it is not: <see cref="IUserDirectory.Unreadiness"/> says why, and it
    /// goes on trying until it is disposed.
    /// </summary>
    ValueTask StartAsync(CancellationToken cancellationToken);

    /// <summary>What the operator should know although the directory can answer (an old version is served ...), one sentence; or null.</summary>
    string? Notice { get; }

    /// <summary>What else its verdicts depend on: answers are kept for the same of these only. Whoever does not say depends on all.</summary>
    DecidingFacts DecidesBy => DecidingFacts.All;

    /// <summary>What it can judge. It is asked about nothing else: a token must not reach whoever would take it for a password.</summary>
    CredentialKinds Takes => CredentialKinds.Passwords;

    /// <summary>Another number whenever it knows something else than before, where it can tell: answers of an earlier version are not repeated.</summary>
    long Version => 0;
}
