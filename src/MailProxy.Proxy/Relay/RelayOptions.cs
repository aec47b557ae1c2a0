using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.Relay;

/// <summary>How the relay hands messages on.</summary>
public sealed class RelayOptions
{
    /// <summary>Where submitted mail for domains that are not ours goes: <c>host:port</c>. Empty: it is refused with 550 5.7.1.</summary>
    public string Smarthost { get; set; } = "";

    /// <summary>TLS with the smarthost. Its certificate must be good for its name by the system's CAs.</summary>
    public StoreTlsMode SmarthostTls { get; set; } = StoreTlsMode.StartTls;

    /// <summary>
    /// On MX, a transaction is for the store of its first recipient; recipients of others hear 452 4.5.3, and the sender repeats for them. Then stores
    /// never differ after the dot, and nothing is delivered twice by stores that do not know a repeated message again. A mail program would
    /// show the 452 to its user, so submission is left out.
    /// </summary>
    public bool OneStorePerTransaction { get; set; }

    /// <summary>
    /// Offer delivery reports (DSN, RFC 3461) and pass on to stores that offer them what the sender asked for. The proxy has no queue and writes no
    /// reports itself: where stores write none, without this the sender's server tells its user that the message went on (RFC 3461 5.2.2).
    /// </summary>
    public bool OfferDsn { get; set; } = true;

    /// <summary>
    /// Offer BINARYMIME (RFC 3030 3). Only where every store takes it: nothing is converted, and a store without it makes 554 5.6.3 of a message that the
    /// sender would otherwise have sent in another form.
    /// </summary>
    public bool OfferBinaryMime { get; set; }

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Smarthost.Length > 0 && !TryParseSmarthost(out _, out _))
        {
            yield return $"{path}:Smarthost: '{Smarthost}' is not host:port, like smtp.example.net:587.";
        }
    }

    /// <summary>Host and port of the smarthost.</summary>
    internal bool TryParseSmarthost(out string host, out int port)
    {
        var colon = Smarthost.LastIndexOf(':');
        host = colon > 0 ? Smarthost[..colon].Trim('[', ']') : "";
        port = 0;
        return host.Length > 0 && int.TryParse(Smarthost.AsSpan(colon + 1), out port) && port is > 0 and <= 65535;
    }
}
