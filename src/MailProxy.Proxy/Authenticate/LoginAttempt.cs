using MailProxy.Directory;

namespace MailProxy.Proxy.Authenticate;

/// <summary>Credentials as one dialogue read them. Each attempt has its own: nothing of a failed one is left for the next.</summary>
/// <param name="AuthenticationId">Judged: UTF-8, 1 to 255 octets, no control characters; empty: the token of OAUTHBEARER says who it is.</param>
/// <param name="AuthorizationId">Likewise; empty: the same.</param>
/// <param name="Secret">Cleared when the session is through with it.</param>
/// <param name="Mechanism">Upper case: <c>PLAIN</c>, <c>LOGIN</c>, <c>USER</c>, <c>OAUTHBEARER</c>, <c>XOAUTH2</c>.</param>
internal sealed record LoginAttempt(string AuthenticationId, string AuthorizationId, Secret Secret, string Mechanism) : IDisposable
{
    /// <summary>What brought them, when its mechanism may have one more word to say; otherwise null.</summary>
    public SaslExchange? Exchange { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Secret.Dispose();
}
