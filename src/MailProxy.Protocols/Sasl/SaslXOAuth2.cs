using System.Text;

namespace MailProxy.Protocols.Sasl;

/// <summary>
/// The client's first message of SASL XOAUTH2, OAUTHBEARER's ancestor (Google, "The SASL XOAUTH2 Mechanism"), <c>^A</c> being the octet 1:
/// <code>
/// message = "user=" name ^A "auth=Bearer " token ^A ^A
/// </code>
/// </summary>
/// <param name="User">Whose mailbox it is: 1 to 255 octets.</param>
/// <param name="Token">The octets of a <see cref="BearerToken"/>; the caller clears them.</param>
public sealed record SaslXOAuth2(string User, byte[] Token)
{
    private const byte Separator = 1;

    private static ReadOnlySpan<byte> UserKey => "user="u8;

    private static ReadOnlySpan<byte> AuthKey => "auth="u8;

    /// <summary>Parses the decoded message. Malformed: another form, no user, a name that is not UTF-8, holds control characters or is longer than 255 octets, no token or none of <see cref="BearerToken"/>.</summary>
    public static ReadStatus TryParse(ReadOnlySpan<byte> message, out SaslXOAuth2? bearer)
    {
        bearer = null;
        var end = message.IndexOf(Separator);
        if (end < 0 || !message.StartsWith(UserKey) || message is not [.., Separator, Separator])
        {
            return ReadStatus.Malformed;
        }

        var user = message[UserKey.Length..end];
        var rest = message[(end + 1)..];
        if (user.IsEmpty || !SaslText.IsText(user, SaslText.NameLimit) || rest.Length < AuthKey.Length + 2 || !rest.StartsWith(AuthKey)
            || !BearerToken.TryRead(rest[AuthKey.Length..^2], out var token))
        {
            return ReadStatus.Malformed;
        }

        bearer = new(Encoding.UTF8.GetString(user), token.ToArray());
        return ReadStatus.Done;
    }

    /// <summary>The message as octets, not yet base64; the caller clears them. Parts that <see cref="TryParse"/> would not take must not be in it.</summary>
    public byte[] ToMessage() => [.. UserKey, .. Encoding.UTF8.GetBytes(User), Separator, .. AuthKey, .. "Bearer "u8, .. Token, Separator, Separator];

    /// <summary>The name without the token: records print their members otherwise.</summary>
    public override string ToString() => $"SaslXOAuth2 {{ User = {User}, Token = *** }}";
}
