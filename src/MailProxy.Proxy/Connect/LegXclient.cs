using System.Globalization;
using MailProxy.Protocols.Addresses;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Proxy.Connect;

/// <summary>What a store is told of a session by XCLIENT, whichever protocol it is said in.</summary>
internal static class LegXclient
{
    /// <summary>SMTP's and LMTP's, with what is offered of it. Empty: nothing is left to say.</summary>
    /// <param name="leg">With a client.</param>
    /// <param name="offered">The names behind XCLIENT in EHLO.</param>
    public static string OfSmtp(StoreLeg leg, IReadOnlyCollection<string> offered) => Xclient.Format(Attributes(leg, Xclient.FormatAddress(leg.Client!.Address)), offered);

    /// <summary>POP3's and ManageSieve's, where IPv6 has no prefix.</summary>
    /// <param name="leg">With a client.</param>
    /// <param name="offered">The names that are offered; none: Dovecot lists none, and takes all of them.</param>
    public static string OfOthers(StoreLeg leg, IReadOnlyCollection<string> offered)
    {
        var attributes = Attributes(leg, AddressText.Plain(leg.Client!.Address).ToString());
        return Xclient.Format(attributes, offered.Count > 0 ? offered : attributes.ConvertAll(attribute => attribute.Key));
    }

    private static List<KeyValuePair<string, string>> Attributes(StoreLeg leg, string address)
    {
        List<KeyValuePair<string, string>> attributes =
        [
            new("ADDR", address), new("PORT", leg.Client!.Port.ToString(CultureInfo.InvariantCulture)), new("SESSION", leg.SessionId),
            new("TTL", leg.ProxyTtl.ToString(CultureInfo.InvariantCulture)),
        ];
        if (leg.TellLogin is { } login)
        {
            attributes.Add(new("LOGIN", login));
        }

        return attributes;
    }
}
