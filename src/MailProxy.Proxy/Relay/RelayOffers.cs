using System.Globalization;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Proxy.Relay;

/// <summary>What the relay offers behind EHLO and LHLO (RFC 5321 4.1.1.1), made once: every sender asks.</summary>
internal sealed class RelayOffers
{
    private readonly string _inClear;
    private readonly string _withStartTls;

    /// <param name="settings">Of the node.</param>
    public RelayOffers(ProxySettings settings) => (_inClear, _withStartTls) = (Compose(settings, isWithStartTls: false), Compose(settings, isWithStartTls: true));

    /// <summary>The whole reply, CRLFs included.</summary>
    public string Of(bool isWithStartTls) => isWithStartTls ? _withStartTls : _inClear;

    private static string Compose(ProxySettings settings, bool isWithStartTls)
    {
        string[] always =
        [
            settings.HostName, "PIPELINING", string.Create(CultureInfo.InvariantCulture, $"SIZE {settings.Limits.MessageSize}"), "8BITMIME", "SMTPUTF8", "CHUNKING",
            "ENHANCEDSTATUSCODES",
        ];
        string[] chosen = [.. settings.Relay.OfferBinaryMime ? ["BINARYMIME"] : Array.Empty<string>(), .. settings.Relay.OfferDsn ? ["DSN"] : Array.Empty<string>()];
        return SmtpReplyWriter.Format(250, [.. always, .. chosen, .. isWithStartTls ? ["STARTTLS"] : Array.Empty<string>()]);
    }
}
