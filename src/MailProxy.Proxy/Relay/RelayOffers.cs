using System.Globalization;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Smtp;

namespace MailProxy.Proxy.Relay;

/// <summary>What the relay offers behind EHLO and LHLO (RFC 5321 4.1.1.1), made once: every sender asks.</summary>
internal sealed class RelayOffers
{
    private readonly string[] _replies;

    /// <param name="settings">Of the node.</param>
    public RelayOffers(ProxySettings settings) =>
        _replies = [Compose(settings, false, false), Compose(settings, true, false), Compose(settings, false, true), Compose(settings, true, true)];

    /// <summary>The whole reply, CRLFs included.</summary>
    /// <param name="isWithStartTls">STARTTLS can be said now.</param>
    /// <param name="isTrusted">XCLIENT may be said.</param>
    public string Of(bool isWithStartTls, bool isTrusted) => _replies[(isWithStartTls ? 1 : 0) + (isTrusted ? 2 : 0)];

    private static string Compose(ProxySettings settings, bool isWithStartTls, bool isTrusted)
    {
        string[] always =
        [
            settings.HostName, "PIPELINING", string.Create(CultureInfo.InvariantCulture, $"SIZE {settings.Limits.MessageSize}"), "8BITMIME", "SMTPUTF8", "CHUNKING",
            "ENHANCEDSTATUSCODES",
        ];
        string[] chosen = [.. settings.Relay.OfferBinaryMime ? ["BINARYMIME"] : Array.Empty<string>(), .. settings.Relay.OfferDsn ? ["DSN"] : Array.Empty<string>()];
        return SmtpReplyWriter.Format(250, [.. always, .. chosen, .. isWithStartTls ? ["STARTTLS"] : Array.Empty<string>(), .. isTrusted ? [SmtpXclient.Offer] : Array.Empty<string>()]);
    }
}
