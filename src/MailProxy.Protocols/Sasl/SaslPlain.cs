using System.Text;

namespace MailProxy.Protocols.Sasl;

/// <summary>The one message of SASL PLAIN (RFC 4616): <c>[authzid] NUL authcid NUL passwd</c>.</summary>
/// <param name="AuthorizationId">Whom to act as; empty: the same as <paramref name="AuthenticationId"/>.</param>
/// <param name="AuthenticationId">Whose password it is.</param>
/// <param name="Password">UTF-8 octets; the caller clears them.</param>
public sealed record SaslPlain(string AuthorizationId, string AuthenticationId, byte[] Password)
{
    // The same bound as for passwords of LOGIN, USER/PASS and Basic: OAuth tokens travel as passwords too.
    private const int PasswordLimit = 8_192;

    /// <summary>Parses the decoded message. Malformed: not three parts, not UTF-8, empty name or password, control characters in any part, a part over 255 octets (names) or 8,192 (password).</summary>
    public static ReadStatus TryParse(ReadOnlySpan<byte> message, out SaslPlain? plain)
    {
        plain = null;
        var first = message.IndexOf((byte)0);
        var second = first < 0 ? -1 : message[(first + 1)..].IndexOf((byte)0);
        if (second < 0)
        {
            return ReadStatus.Malformed;
        }

        var authorizationId = message[..first];
        var authenticationId = message.Slice(first + 1, second);
        var password = message[(first + second + 2)..];
        if (authenticationId.IsEmpty || password.IsEmpty
            || !SaslText.IsText(authorizationId, SaslText.NameLimit) || !SaslText.IsText(authenticationId, SaslText.NameLimit)
            || !SaslText.IsText(password, PasswordLimit))
        {
            return ReadStatus.Malformed;
        }

        plain = new(Encoding.UTF8.GetString(authorizationId), Encoding.UTF8.GetString(authenticationId), password.ToArray());
        return ReadStatus.Done;
    }

    /// <summary>The message as octets, not yet base64.</summary>
    public byte[] ToMessage()
    {
        var nameLength = Encoding.UTF8.GetByteCount(AuthorizationId);
        var message = new byte[nameLength + 1 + Encoding.UTF8.GetByteCount(AuthenticationId) + 1 + Password.Length];
        Encoding.UTF8.GetBytes(AuthorizationId, message);
        Encoding.UTF8.GetBytes(AuthenticationId, message.AsSpan(nameLength + 1));
        Password.CopyTo(message, message.Length - Password.Length);
        return message;
    }

    /// <summary>Names without the password: records print their members otherwise.</summary>
    public override string ToString() => $"SaslPlain {{ AuthorizationId = {AuthorizationId}, AuthenticationId = {AuthenticationId}, Password = *** }}";
}
