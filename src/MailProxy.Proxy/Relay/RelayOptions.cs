using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.Relay;

/// <summary>How the relay hands messages on, and where submitted mail for other domains goes.</summary>
public sealed class RelayOptions
{
    /// <summary>
    /// Where submitted mail for domains that are not ours goes: <c>host:port</c>, several with commas between them. Empty, and no <see cref="PoolService"/>: it is
    /// refused with 550 5.7.1.
    /// </summary>
    public string Smarthost { get; set; } = "";

    /// <summary>TLS with the smarthosts. Their certificates must be good for their names.</summary>
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

    /// <summary>Instead of smarthosts: the Consul service whose instances are relays, e.g. <c>mail-relay</c>. Empty: none.</summary>
    public string PoolService { get; set; } = "";

    /// <summary>PEM file with the CAs that sign the relays' certificates; empty: the system's.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>Our account at the relays, for AUTH PLAIN; empty: they know us by our address.</summary>
    public string User { get; set; } = "";

    /// <summary>File with its password on the first line.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>
    /// Tell the relays, where they offer XCLIENT, whose mail it is: client's address and the name that logged in (LOGIN). After TLS only. A relay that
    /// offers it trusts us by our address (Postfix: <c>smtpd_authorized_xclient_hosts</c>).
    /// </summary>
    public bool TellClient { get; set; }

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Smarthost.Length > 0 && !TryParseSmarthosts(out _))
        {
            yield return $"{path}:{nameof(Smarthost)}: '{Smarthost}' is not host:port, like smtp.example.net:587, or several of them with commas in between.";
        }

        if (Smarthost.Length > 0 && PoolService.Length > 0)
        {
            yield return $"{path}:{nameof(PoolService)}: relays come from Consul or are named in {path}:{nameof(Smarthost)}; keep one of the two.";
        }

        if (PoolService.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            yield return $"{path}:{nameof(PoolService)}: give the name of a Consul service, e.g. mail-relay.";
        }

        if (Authorities.Length > 0 && !File.Exists(Authorities))
        {
            yield return $"{path}:{nameof(Authorities)}: there is no file '{Authorities}'.";
        }

        if (User.Length > 0 != PasswordFile.Length > 0)
        {
            yield return $"{path}:{nameof(PasswordFile)}: an account at the relays needs both {nameof(User)} and {nameof(PasswordFile)}.";
        }
        else if (PasswordFile.Length > 0 && !File.Exists(PasswordFile))
        {
            yield return $"{path}:{nameof(PasswordFile)}: there is no file '{PasswordFile}'.";
        }

        if (User.Length > 0 && Smarthost.Length > 0 && SmarthostTls == StoreTlsMode.None)
        {
            yield return $"{path}:{nameof(SmarthostTls)}: a password is not sent in clear; choose starttls or implicit, or take {nameof(User)} out.";
        }

        if (User.Length > 0 && TellClient)
        {
            yield return $"{path}:{nameof(TellClient)}: relays are told the submitter's name by XCLIENT, so they would not take {nameof(User)} as well; keep one of the two.";
        }
    }

    /// <summary>Hosts and ports of the smarthosts; false: one of them is none, or there is none.</summary>
    internal bool TryParseSmarthosts(out IReadOnlyList<(string Host, int Port)> addresses)
    {
        var found = new List<(string Host, int Port)>();
        addresses = found;
        foreach (var text in Smarthost.Split(',', StringSplitOptions.TrimEntries))
        {
            var colon = text.LastIndexOf(':');
            var host = colon > 0 ? text[..colon].Trim('[', ']') : "";
            if (host.Length == 0 || !int.TryParse(text.AsSpan(colon + 1), out var port) || port is <= 0 or > ushort.MaxValue)
            {
                return false;
            }

            found.Add((host, port));
        }

        return true;
    }
}
