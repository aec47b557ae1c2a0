using MailProxy.Directory.Proofs;

namespace MailProxy.Directory;

/// <summary>The external system that knows users. Answers are values; a temporary fault is never told as a wrong password.</summary>
public interface IUserDirectory
{
    /// <summary>Are these credentials a user's?</summary>
    ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken);

    /// <summary>How does the user's password make keys, for SCRAM? Not asked where passwords are never shown.</summary>
    ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StoredKeys.NotShown("this directory"));

    /// <summary>What is this address: a user, an alias of users, nothing, or not ours?</summary>
    ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken);

    /// <summary>Null when the directory can answer (perhaps from cache); otherwise one sentence for <c>/readyz?verbose</c>.</summary>
    string? Unreadiness { get; }

    /// <summary>Forgets what was kept of a user (canonical name, or an address), so that the next question is asked anew; returns how many answers.</summary>
    int Forget(string user) => 0;
}
