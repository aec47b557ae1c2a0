using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using MailProxy.Protocols.Sasl;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.StoreLogin;

/// <summary>
/// What the proxy says in SASL at a store, the same in every protocol: one message, on the command's line or when the store asks; and, to a store that
/// refuses a token by an error in JSON (RFC 7628 3.2.2), the response that lets it end the exchange.
/// </summary>
internal sealed class StoreSaslExchange
{
    private const string OAuthBearer = "OAUTHBEARER";
    private const string XOAuth2 = "XOAUTH2";

    // "invalid_token", "insufficient_scope" and the like, or a number.
    private const int LongestStatus = 64;

    private readonly byte[] _response;
    private bool _isSaid;

    private StoreSaslExchange(string mechanism, byte[] response) => (Mechanism, _response) = (mechanism, response);

    /// <summary>Its name.</summary>
    public string Mechanism { get; }

    /// <summary>Octets of the message in base64.</summary>
    public int Length => _response.Length;

    /// <summary>What the store's JSON said, in parentheses behind a space, for the log; empty when there was none.</summary>
    public string Error { get; private set; } = "";

    /// <summary>The mechanism of a method; null: the client's token is to be passed on, and the store offers neither mechanism for it.</summary>
    /// <param name="method">How to log in.</param>
    /// <param name="isOffered">Asked only where there is a choice.</param>
    public static string? MechanismOf(StoreLoginMethod method, Func<string, bool> isOffered) => method switch
    {
        StoreLoginMethod.External => "EXTERNAL",
        StoreLoginMethod.Token => OAuthBearer,
        StoreLoginMethod.Bearer => isOffered(OAuthBearer) ? OAuthBearer : isOffered(XOAuth2) ? XOAuth2 : null,
        _ => "PLAIN",
    };

    /// <summary>For the log, when <see cref="MechanismOf"/> finds none.</summary>
    public static string Lacks(StoreLeg leg) =>
        $"{leg.Node.Id} offers neither OAUTHBEARER nor XOAUTH2, and the client's token must not be sent as a password: configure one of them there, or use another login for this store";

    /// <summary>Makes the message; it is cleared once it is said.</summary>
    public static StoreSaslExchange Begin(StoreLeg leg, string mechanism) => new(mechanism, mechanism switch
    {
        // RFC 4422 A: the message is the authorization identity and nothing else.
        "EXTERNAL" => Encode(Encoding.UTF8.GetBytes(leg.User)),
        OAuthBearer => Encode(leg.Secret, octets => new SaslOAuthBearer(leg.User, "", 0, octets).ToMessage()),
        XOAuth2 => Encode(leg.Secret, octets => new SaslXOAuth2(leg.User, octets).ToMessage()),
        _ when leg.Method == StoreLoginMethod.Master => Encode(leg.Master!.Password, octets => new SaslPlain(leg.User, leg.Master.User, octets).ToMessage()),
        _ => Encode(leg.Secret, octets => new SaslPlain("", leg.User, octets).ToMessage()),
    });

    /// <summary>Puts what answers a challenge behind what waits to be sent, without the line's end: the message, if it was not said yet; else the end of the exchange.</summary>
    /// <param name="store">The connection.</param>
    /// <param name="challenge">In base64, as it came.</param>
    public MailWire Answer(MailWire store, string challenge)
    {
        if (!_isSaid)
        {
            return Say(store);
        }

        switch (Mechanism)
        {
            case OAuthBearer:
                NoteError(challenge);
                return store.Write(Base64Dummy);
            case XOAuth2:
                // Google's description: the client answers the error by an empty response.
                NoteError(challenge);
                return store;
            default:
                return store.Write("*"u8);
        }
    }

    /// <summary>Puts the message behind what waits to be sent, and forgets it.</summary>
    public MailWire Say(MailWire store)
    {
        store.Write(_response);
        Forget();
        return store;
    }

    /// <summary>Clears the message, said or not.</summary>
    public void Forget()
    {
        Array.Clear(_response);
        _isSaid = true;
    }

    // SaslOAuthBearer.DummyResponse.
    private static ReadOnlySpan<byte> Base64Dummy => "AQ=="u8;

    private static byte[] Encode(Directory.Secret secret, Func<byte[], byte[]> messageOf)
    {
        var octets = secret.Octets.ToArray();
        var text = Encode(messageOf(octets));
        Array.Clear(octets);
        return text;
    }

    private static byte[] Encode(byte[] message)
    {
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(message.Length)];
        Base64.EncodeToUtf8(message, text, out _, out _);
        Array.Clear(message);
        return text;
    }

    // Only the word: a store's JSON is meant for clients, and what else stands in it is anybody's text.
    private void NoteError(string challenge)
    {
        var json = new byte[challenge.Length];
        if (!Convert.TryFromBase64String(challenge, json, out var length))
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(json.AsMemory(0, length));
            var status = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("status", out var value) ? value.ToString() : "";
            Error = status.Length is > 0 and <= LongestStatus && status.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') ? $" ({status})" : "";
        }
        catch (JsonException)
        {
            // Its verdict counts, which follows.
        }
    }
}
