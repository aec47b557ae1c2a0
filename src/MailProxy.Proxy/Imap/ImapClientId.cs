using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Proxy.Imap;

/// <summary>
/// The fields of ID (RFC 2971) by which proxies in front of us name the client, as Dovecot's and we ourselves send them:
/// <c>("x-originating-ip" "192.0.2.7" "x-originating-port" "52011" "x-connected-ip" ... "x-session-id" ... "x-proxy-ttl" "4")</c>.
/// </summary>
internal static class ImapClientId
{
    // RFC 2971 3.3: 30 fields, values of 1,024 octets.
    private const int MostFields = 30;
    private const int LongestValue = 1_024;

    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["x-originating-ip"] = "ADDR",
        ["x-originating-port"] = "PORT",
        ["x-connected-ip"] = "DESTADDR",
        ["x-connected-port"] = "DESTPORT",
        ["x-session-id"] = "SESSION",
        ["x-proxy-ttl"] = "TTL",
    };

    /// <summary>What it says of a client; null: nothing. False: it is none of ID's grammar, or one of these fields holds what it cannot.</summary>
    public static bool TryRead(ReadOnlySpan<byte> arguments, out Xclient? said)
    {
        said = null;
        var reader = new ImapArgumentReader(arguments);
        if (!reader.TryRead((byte)'('))
        {
            return reader.TryReadAtom(out var nil) && Encoding.ASCII.GetString(nil).Equals("NIL", StringComparison.OrdinalIgnoreCase) && reader.AtEnd;
        }

        var attributes = new Dictionary<string, string>();
        for (var count = 0; !reader.TryRead((byte)')'); count++)
        {
            if (count == MostFields || (count > 0 && !reader.TryReadSpace()) || !reader.TryReadString(out var name) || !reader.TryReadSpace()
                || !TryReadValue(ref reader, out var value))
            {
                return false;
            }

            if (value is not null && Names.TryGetValue(Encoding.UTF8.GetString(name), out var attribute) && !attributes.TryAdd(attribute, value))
            {
                return false;
            }
        }

        return reader.AtEnd && (attributes.Count == 0 || Xclient.TryCreate(attributes, out said));
    }

    private static bool TryReadValue(ref ImapArgumentReader reader, out string? value)
    {
        value = null;
        if (reader.TryReadString(out var octets))
        {
            value = Encoding.UTF8.GetString(octets);
            return octets.Length <= LongestValue;
        }

        return reader.TryReadAtom(out var nil) && Encoding.ASCII.GetString(nil).Equals("NIL", StringComparison.OrdinalIgnoreCase);
    }
}
