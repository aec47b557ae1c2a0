using System.Text;
using MailProxy.Directory;
using MailProxy.Directory.Proofs;
using MailProxy.Protocols;
using MailProxy.Protocols.Sasl;

namespace MailProxy.Proxy.Authenticate;

/// <summary>The server side of CRAM-MD5 (RFC 2195), for those who still have clients of it.</summary>
internal static class CramExchange
{
    /// <summary>Runs it.</summary>
    public static async ValueTask<(LoginAttempt? Attempt, SaslExchange.Refusal Refusal)> RunAsync(
        SaslExchange exchange, DialogueSettings settings, byte[]? initialResponse, CancellationToken cancellationToken)
    {
        if (initialResponse is not null)
        {
            // The server speaks first (RFC 4422 5): there is nothing to answer yet.
            return (null, SaslExchange.Refusal.Malformed);
        }

        var challenge = CramChallenge.Make(settings.HostName);
        var (message, refusal) = await exchange.StepAsync(Convert.ToBase64String(Encoding.ASCII.GetBytes(challenge)), null, cancellationToken);
        if (message is null)
        {
            return (null, refusal);
        }

        return CramResponse.TryParse(message, out var response) == ReadStatus.Done
            ? (new LoginAttempt(response!.UserName, "", new Secret([]), "CRAM-MD5") { Proof = new DigestProof(isKeyed: true, challenge, response.Digest.Span) }, default)
            : (null, SaslExchange.Refusal.Malformed);
    }
}
