using MailProxy.Directory;
using MailProxy.Protocols;
using MailProxy.Protocols.Sasl;

namespace MailProxy.Proxy.Authenticate;

/// <summary>
/// The server side of OAUTHBEARER (RFC 7628) and XOAUTH2: one message with a token. If the token is refused, the directory has an error in JSON as the last
/// word, which the client answers before it hears the protocol's refusal.
/// </summary>
internal static class BearerExchange
{
    /// <summary>The mechanisms that are read here, in order of preference.</summary>
    public static IReadOnlyList<string> Mechanisms { get; } = ["OAUTHBEARER", "XOAUTH2"];

    /// <summary>Reads the client's message; null: it is none. OAUTHBEARER need not name a user: then the attempt's name is empty, and the token says.</summary>
    /// <param name="mechanism">One of <see cref="Mechanisms"/>.</param>
    /// <param name="message">Decoded; cleared here.</param>
    /// <param name="exchange">For the last word.</param>
    public static LoginAttempt? Read(string mechanism, byte[] message, SaslExchange exchange)
    {
        var (name, token) = mechanism == "XOAUTH2" ? ReadXOAuth2(message) : ReadOAuthBearer(message);
        Array.Clear(message);
        return token is null ? null : new LoginAttempt(name, "", new Secret(token), mechanism) { Exchange = exchange };
    }

    private static (string Name, byte[]? Token) ReadOAuthBearer(byte[] message) =>
        SaslOAuthBearer.TryParse(message, out var bearer) == ReadStatus.Done && bearer is not null ? (bearer.AuthorizationId, bearer.Token) : ("", null);

    private static (string Name, byte[]? Token) ReadXOAuth2(byte[] message) =>
        SaslXOAuth2.TryParse(message, out var bearer) == ReadStatus.Done && bearer is not null ? (bearer.User, bearer.Token) : ("", null);
}
