using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailProxy.Protocols.Addresses;

namespace MailProxy.Protocols.Smtp;

/// <summary>
/// The argument of XCLIENT (Postfix XCLIENT_README; Dovecot's LMTP and POP3 add SESSION and TTL):
/// <c>1*(name "=" xtext)</c>, with <c>[UNAVAILABLE]</c> and <c>[TEMPUNAVAIL]</c> for what the sender does not know.
/// </summary>
/// <param name="Attributes">Decoded values by upper-case name; what is unavailable is left out.</param>
public sealed record Xclient(IReadOnlyDictionary<string, string> Attributes)
{
    // Postfix and Dovecot know a dozen names; an address or a host name has at most 255 octets, FORWARD data a few more.
    private const int AttributeLimit = 16;
    private const int ValueLimit = 512;

    /// <summary>ADDR, or null.</summary>
    public IPAddress? Address => Attributes.TryGetValue("ADDR", out var text) && TryParseAddress(text, out var address) ? address : null;

    /// <summary>PORT, or null.</summary>
    public int? Port => TryGetNumber("PORT", IPEndPoint.MaxPort);

    /// <summary>SESSION, or empty.</summary>
    public string Session => Attributes.GetValueOrDefault("SESSION", "");

    /// <summary>TTL: how many more proxies may follow; null when it was not given.</summary>
    public int? TimeToLive => TryGetNumber("TTL", byte.MaxValue);

    /// <summary>DESTADDR, or null: where the client connected to.</summary>
    public IPAddress? DestinationAddress => Attributes.TryGetValue("DESTADDR", out var text) && TryParseAddress(text, out var address) ? address : null;

    /// <summary>DESTPORT, or null.</summary>
    public int? DestinationPort => TryGetNumber("DESTPORT", IPEndPoint.MaxPort);

    /// <summary>HELO, or empty; unjudged but for control characters.</summary>
    public string Helo => Attributes.GetValueOrDefault("HELO", "");

    /// <summary>Parses what is behind <c>XCLIENT </c>. Malformed: no attribute, one twice, no xtext, control characters within, an ADDR, PORT or TTL that is none.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> argument, out Xclient? xclient)
    {
        xclient = null;
        var attributes = new Dictionary<string, string>();
        foreach (var word in Encoding.UTF8.GetString(argument).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || word.AsSpan(0, equals).ContainsAnyExcept(NameCharacters)
                || !TryReadValue(word.AsSpan(equals + 1), out var value))
            {
                return ReadStatus.Malformed;
            }

            if (attributes.Count == AttributeLimit || value?.Length > ValueLimit)
            {
                return ReadStatus.TooLong;
            }

            if (!attributes.TryAdd(word[..equals].ToUpperInvariant(), value ?? ""))
            {
                return ReadStatus.Malformed;
            }
        }

        if (attributes.Count == 0)
        {
            return ReadStatus.Malformed;
        }

        return TryCreate(attributes, out xclient) ? ReadStatus.Done : ReadStatus.Malformed;
    }

    /// <summary>The same of attributes that came in other words (IMAP ID). False: control characters, an address, port or TTL that is none.</summary>
    /// <param name="attributes">Decoded, by upper-case name; empty is unavailable.</param>
    /// <param name="xclient">When they are valid.</param>
    public static bool TryCreate(IReadOnlyDictionary<string, string> attributes, out Xclient? xclient)
    {
        var read = new Xclient(attributes.Where(pair => pair.Value.Length > 0).ToDictionary(StringComparer.Ordinal));
        var isValid = read.Attributes.Values.All(value => value.Length <= ValueLimit && !value.Any(char.IsControl))
            && (!read.Attributes.ContainsKey("ADDR") || read.Address is not null)
            && (!read.Attributes.ContainsKey("PORT") || read.Port is not null)
            && (!read.Attributes.ContainsKey("DESTADDR") || read.DestinationAddress is not null)
            && (!read.Attributes.ContainsKey("DESTPORT") || read.DestinationPort is not null)
            && (!read.Attributes.ContainsKey("TTL") || read.TimeToLive is not null);
        xclient = isValid ? read : null;
        return isValid;
    }

    /// <summary>What goes behind <c>XCLIENT </c>: the given attributes in their order, restricted to those the peer offers. Empty: nothing is left to say.</summary>
    /// <param name="attributes">Names and values as they are; an empty value is written <c>[UNAVAILABLE]</c>.</param>
    /// <param name="offered">The names of the peer's XCLIENT capability, in any case.</param>
    public static string Format(IEnumerable<KeyValuePair<string, string>> attributes, IReadOnlyCollection<string> offered) =>
        string.Join(' ', attributes
            .Where(attribute => offered.Contains(attribute.Key, StringComparer.OrdinalIgnoreCase))
            .Select(attribute => $"{attribute.Key}={(attribute.Value.Length == 0 ? "[UNAVAILABLE]" : Xtext.Encode(attribute.Value))}"));

    /// <summary>ADDR as SMTP and LMTP write it: IPv6 has a prefix.</summary>
    public static string FormatAddress(IPAddress address) =>
        AddressText.Plain(address) is var plain && plain.AddressFamily == AddressFamily.InterNetworkV6 ? $"IPV6:{plain}" : plain.ToString();

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");

    private static bool TryReadValue(ReadOnlySpan<char> encoded, out string? value)
    {
        value = null;
        if (encoded.Equals("[UNAVAILABLE]", StringComparison.OrdinalIgnoreCase) || encoded.Equals("[TEMPUNAVAIL]", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var isValid = Xtext.TryDecode(encoded, out var decoded) && !decoded.Any(char.IsControl);
        value = isValid ? decoded : null;
        return isValid;
    }

    // POP3 writes IPv6 addresses without the prefix that SMTP has.
    private static bool TryParseAddress(string text, out IPAddress address)
    {
        var isTagged = text.StartsWith("IPV6:", StringComparison.OrdinalIgnoreCase);
        return AddressText.TryParseIPv6(isTagged ? text.AsSpan("IPV6:".Length) : text, out address) || (!isTagged && AddressText.TryParseIPv4(text, out address));
    }

    private int? TryGetNumber(string name, int most) =>
        Attributes.TryGetValue(name, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : null;
}
