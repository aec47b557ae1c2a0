using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Authenticate;

/// <summary>The TLS handshake with a client, for implicit TLS and STARTTLS alike.</summary>
internal static class ClientTls
{
    /// <summary>Null when encrypted; otherwise the failure. Commands that came in clear behind STARTTLS end the session (CVE-2021-33515 and its kin).</summary>
    public static async ValueTask<ProxyFailure?> BecomeServerAsync(
        SessionContext session, TlsServerSettings settings, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var outcome = await session.Tls!.BecomeServerAsync(settings, either.Token);
        if (outcome == TlsOutcome.Done)
        {
            return null;
        }

        var failure = outcome == TlsOutcome.BytesBehindUpgrade ? ProxyFailure.ClientProtocolError : ProxyFailure.ClientTlsFailed;
        session.Fail(failure, $"TLS {outcome}");
        return failure;
    }
}
