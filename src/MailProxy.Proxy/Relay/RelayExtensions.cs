using System.Globalization;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Smtp;

namespace MailProxy.Proxy.Relay;

/// <summary>What the relay offers behind EHLO and LHLO (RFC 5321 4.1.1.1).</summary>
internal static class RelayExtensions
{
    /// <summary>Keywords with their parameters, one for each line.</summary>
    public static IEnumerable<string> Of(DialogueSettings settings, SessionContext session)
    {
        yield return "PIPELINING";
        yield return string.Create(CultureInfo.InvariantCulture, $"SIZE {settings.Limits.MessageSize}");
        yield return "8BITMIME";
        yield return "SMTPUTF8";
        yield return "CHUNKING";
        yield return "ENHANCEDSTATUSCODES";
        if (settings.OffersStartTls)
        {
            yield return "STARTTLS";
        }

        if (session.IsTrusted)
        {
            yield return SmtpXclient.Offer;
        }
    }
}
