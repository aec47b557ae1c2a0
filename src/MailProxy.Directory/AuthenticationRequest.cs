using System.Net;
using MailProxy.Directory.Proofs;

namespace MailProxy.Directory;

/// <summary>Everything a provider may decide by.</summary>
/// <param name="AuthenticationId">
/// Whose secret it is, as the client wrote it (judged: UTF-8, no control characters). Empty only with a token: then the token alone says.
/// </param>
/// <param name="AuthorizationId">Whom to act as; empty: the same.</param>
/// <param name="Secret">The password or token; empty with a <see cref="Proof"/> and when <see cref="IsVouched"/>.</param>
/// <param name="Mechanism">Upper case: <c>PLAIN</c>, <c>LOGIN</c>, <c>OAUTHBEARER</c>, <c>XOAUTH2</c>; <c>BEARER</c> for HTTP's (RFC 6750).</param>
/// <param name="Protocol">Lower case: <c>imap</c>, <c>pop3</c>, <c>submission</c>, <c>http</c>.</param>
/// <param name="Client">The client's address, behind any PROXY header; null in memory.</param>
/// <param name="IsEncrypted">The client came by TLS.</param>
/// <param name="Facts">What else is known; null where nothing is.</param>
public sealed record AuthenticationRequest(
    string AuthenticationId, string AuthorizationId, Secret Secret, string Mechanism, string Protocol, IPEndPoint? Client, bool IsEncrypted,
    IClientFacts? Facts = null)
{
    /// <summary>What the client showed in place of a password; null: it sent one.</summary>
    public LoginProof? Proof { get; init; }

    /// <summary>
    /// Another provider has verified that this is the user (by a token): asked is only whether this provider knows the user, and whether the user may log
    /// in. There is no secret to compare. Set by the chain, never by what a client sent.
    /// </summary>
    public bool IsVouched { get; init; }

    /// <summary>The kind of secret.</summary>
    public CredentialKinds Kind => Mechanism is "OAUTHBEARER" or "XOAUTH2" or "BEARER" ? CredentialKinds.Tokens : CredentialKinds.Passwords;

    /// <summary>For <c>mailproxy user test</c>: hears each step, a sentence without secrets. Who traces is asked anew, not from a cache. Null: nobody listens.</summary>
    public Action<string>? Trace { get; init; }
}
