using System.Globalization;
using System.Text;

namespace MailProxy.Protocols.Sasl;

/// <summary>
/// The client's first message of SASL OAUTHBEARER (RFC 7628 3.1), <c>^A</c> being the octet 1:
/// <code>
/// message    = "n," [ "a=" saslname ] "," ^A *( key "=" value ^A ) ^A      key = 1*ALPHA, value = 1*( VCHAR / SP / HTAB / CR / LF )
/// saslname   = text with "," as "=2C" and "=" as "=3D"                    (RFC 5801 4)
/// </code>
/// Keys that count are <c>auth</c>, which is required, <c>host</c> and <c>port</c>; others are skipped, as 3.1 asks.
/// </summary>
/// <param name="AuthorizationId">Whom to act as; empty: whom the token names.</param>
/// <param name="Host">The server's name as the client knows it; empty: not said.</param>
/// <param name="Port">Its port, 1 to 65535; 0: not said.</param>
/// <param name="Token">The octets of a <see cref="BearerToken"/>; the caller clears them.</param>
public sealed record SaslOAuthBearer(string AuthorizationId, string Host, int Port, byte[] Token)
{
    private const byte Separator = 1;

    // RFC 1035 2.3.4.
    private const int HostLimit = 255;

    // host, port and auth, and a few that are to come.
    private const int MostPairs = 16;

    /// <summary>What a client sends when the server refused with an error in JSON (RFC 7628 3.2.3): the exchange ends by it.</summary>
    public static ReadOnlySpan<byte> DummyResponse => [Separator];

    /// <summary>
    /// Parses the decoded message. Malformed: another form, no token or none of <see cref="BearerToken"/>, channel binding (this mechanism has none), a
    /// key twice, a name that is not UTF-8, holds control characters or is longer than 255 octets. The dummy response is malformed too: it is no first message.
    /// </summary>
    public static ReadStatus TryParse(ReadOnlySpan<byte> message, out SaslOAuthBearer? bearer)
    {
        bearer = null;
        var end = message.IndexOf(Separator);
        if (end < 0 || !TryReadHeader(message[..end], out var authorizationId))
        {
            return ReadStatus.Malformed;
        }

        var rest = message[(end + 1)..];
        string? host = null;
        var port = 0;
        ReadOnlySpan<byte> token = default;
        for (var count = 0; rest.IndexOf(Separator) is > 0 and var length; count++)
        {
            var pair = rest[..length];
            rest = rest[(length + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (count == MostPairs || equals <= 0 || !IsKey(pair[..equals]) || !IsValue(pair[(equals + 1)..]))
            {
                return ReadStatus.Malformed;
            }

            var value = pair[(equals + 1)..];
            var isTaken = pair[..equals] switch
            {
                var key when key.SequenceEqual("auth"u8) => token.IsEmpty && BearerToken.TryRead(value, out token),
                var key when key.SequenceEqual("host"u8) => host is null && TryReadHost(value, out host),
                var key when key.SequenceEqual("port"u8) => port == 0 && TryReadPort(value, out port),
                _ => true,
            };
            if (!isTaken)
            {
                return ReadStatus.Malformed;
            }
        }

        if (token.IsEmpty || rest is not [Separator])
        {
            return ReadStatus.Malformed;
        }

        bearer = new(authorizationId, host ?? "", port, token.ToArray());
        return ReadStatus.Done;
    }

    /// <summary>The message as octets, not yet base64; the caller clears them. Parts that <see cref="TryParse"/> would not take must not be in it.</summary>
    public byte[] ToMessage()
    {
        var name = AuthorizationId.Length == 0 ? "" : $"a={AuthorizationId.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)}";
        var host = Host.Length == 0 ? "" : $"host={Host}\u0001";
        var port = Port == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"port={Port}\u0001");
        return [.. Encoding.UTF8.GetBytes($"n,{name},\u0001{host}{port}auth=Bearer "), .. Token, Separator, Separator];
    }

    /// <summary>Names without the token: records print their members otherwise.</summary>
    public override string ToString() => $"SaslOAuthBearer {{ AuthorizationId = {AuthorizationId}, Host = {Host}, Port = {Port}, Token = *** }}";

    // RFC 5801 4: "n": the client binds no channel; "y": it would, and thinks that the server cannot. "p=" is refused: nothing here could verify it.
    private static bool TryReadHeader(ReadOnlySpan<byte> header, out string authorizationId)
    {
        authorizationId = "";
        if (header is not [(byte)'n' or (byte)'y', (byte)',', .., (byte)','])
        {
            return false;
        }

        var name = header[2..^1];
        if (name.IsEmpty)
        {
            return true;
        }

        return name.StartsWith("a="u8) && TryReadName(name[2..], out authorizationId);
    }

    private static bool TryReadName(ReadOnlySpan<byte> name, out string text)
    {
        text = "";
        if (name.IsEmpty || !SaslText.IsText(name, 3 * SaslText.NameLimit))
        {
            return false;
        }

        var octets = new byte[name.Length];
        var length = 0;
        for (var index = 0; index < name.Length; index++, length++)
        {
            var octet = name[index];
            switch (octet)
            {
                case (byte)',':
                    return false;
                case (byte)'=':
                    var code = name[(index + 1)..];
                    octet = code.StartsWith("2C"u8) ? (byte)',' : code.StartsWith("3D"u8) ? (byte)'=' : (byte)0;
                    if (octet == 0)
                    {
                        return false;
                    }

                    index += 2;
                    break;
            }

            octets[length] = octet;
        }

        text = length <= SaslText.NameLimit ? Encoding.UTF8.GetString(octets, 0, length) : "";
        return text.Length > 0;
    }

    private static bool TryReadHost(ReadOnlySpan<byte> value, out string? host)
    {
        var isHost = !value.IsEmpty && SaslText.IsText(value, HostLimit);
        host = isHost ? Encoding.UTF8.GetString(value) : null;
        return isHost;
    }

    private static bool TryReadPort(ReadOnlySpan<byte> value, out int port) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;

    private static bool IsKey(ReadOnlySpan<byte> key)
    {
        foreach (var octet in key)
        {
            if (!char.IsAsciiLetter((char)octet))
            {
                return false;
            }
        }

        return true;
    }

    // VCHAR / SP / HTAB / CR / LF.
    private static bool IsValue(ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
        {
            if (octet is not ((>= 0x20 and < 0x7F) or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return false;
            }
        }

        return true;
    }
}
