using MailProxy.Directory;
using MailProxy.Directory.Proofs;
using MailProxy.Proxy.Failures;

namespace MailProxy.Proxy.Authenticate;

/// <summary>The server side of EXTERNAL (RFC 4422 A): the client is whom its certificate names, and says at most as whom it wants to act.</summary>
internal static class ExternalExchange
{
    /// <summary>Runs it.</summary>
    public static async ValueTask<(LoginAttempt? Attempt, SaslExchange.Refusal Refusal)> RunAsync(
        SaslExchange exchange, DialogueSettings settings, byte[]? initialResponse, CancellationToken cancellationToken)
    {
        var (message, refusal) = await exchange.StepAsync("", initialResponse, cancellationToken);
        var wanted = "";
        if (message is null || (message.Length > 0 && !CredentialText.TryName(message, out wanted)))
        {
            return (null, message is null ? refusal : SaslExchange.Refusal.Malformed);
        }

        // Offered only where there is one; asked again, because nothing may ever come of a stale name.
        if (settings.Session.Tls?.VerifiedPeerCertificate is not { } certificate)
        {
            return (null, SaslExchange.Refusal.UnknownMechanism);
        }

        // Of several names the client may choose; if it does not, or names somebody else, there must be one.
        var names = CertificateUser.NamesOf(certificate, settings.CertificateName);
        var name = names.FirstOrDefault(one => one.Equals(wanted, StringComparison.OrdinalIgnoreCase)) ?? (names is [var single] ? single : null);
        return (new LoginAttempt(name ?? "", wanted, new Secret([]), "EXTERNAL")
        {
            Proof = new CertificateProof(),
            Fault = name is not null ? null : new FailureReport(
                ProxyFailure.BadCredentials, $"the certificate of {certificate.Subject} holds {(names.Count == 0 ? "no" : "more than one")} {settings.CertificateName} name", null, null),
        }, default);
    }
}
