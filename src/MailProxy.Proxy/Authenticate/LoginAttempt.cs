using MailProxy.Directory;
using MailProxy.Directory.Proofs;
using MailProxy.Proxy.Failures;

namespace MailProxy.Proxy.Authenticate;

/// <summary>Credentials as one dialogue read them. Each attempt has its own: nothing of a failed one is left for the next.</summary>
/// <param name="AuthenticationId">Judged: UTF-8, 1 to 255 octets, no control characters; empty: the token of OAUTHBEARER says who it is.</param>
/// <param name="AuthorizationId">Likewise; empty: the same.</param>
/// <param name="Secret">Empty with a <see cref="Proof"/>. Cleared when the session is through with it.</param>
/// <param name="Mechanism">Upper case: <c>PLAIN</c>, <c>LOGIN</c>, <c>USER</c>, <c>OAUTHBEARER</c>, <c>SCRAM-SHA-256</c> ...</param>
internal sealed record LoginAttempt(string AuthenticationId, string AuthorizationId, Secret Secret, string Mechanism) : IDisposable
{
    /// <summary>What brought them, when its mechanism may have one more word to say; otherwise null.</summary>
    public SaslExchange? Exchange { get; init; }

    /// <summary>True when the secret is an OAuth token and no password.</summary>
    public bool IsToken => Mechanism is "OAUTHBEARER" or "XOAUTH2";

    /// <summary>What was shown in place of a password; null: a password was sent.</summary>
    public LoginProof? Proof { get; init; }

    /// <summary>What failed before the directory could be asked for a verdict; null: nothing.</summary>
    public FailureReport? Fault { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Secret.Dispose();
}
