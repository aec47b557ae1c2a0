using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Authenticate;

/// <summary>The TLS handshake with a client, for implicit TLS and STARTTLS alike.</summary>
internal static class ClientTls
{
    /// <summary>Null when encrypted; otherwise the failure. Commands that came in clear behind STARTTLS end the session (CVE-2021-33515 and its kin).</summary>
    public static async ValueTask<ProxyFailure?> BecomeServerAsync(
        SessionContext session, TlsServerSettings settings, TimeSpan limit, SessionDeadline deadline)
    {
        using var handshake = deadline.Within(limit);
        var outcome = await session.Tls!.BecomeServerAsync(settings, deadline.Token);
        if (outcome == TlsOutcome.Done)
        {
            session.Encrypted = session.Tls;
            return null;
        }

        var failure = outcome == TlsOutcome.BytesBehindUpgrade ? ProxyFailure.ClientProtocolError : ProxyFailure.ClientTlsFailed;
        session.Fail(failure, $"TLS {outcome}");
        return failure;
    }
}
