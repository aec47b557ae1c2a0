using System.Text;
using System.Text.Unicode;

namespace MailProxy.Protocols.Sasl;

/// <summary>The one message of SASL PLAIN (RFC 4616): <c>[authzid] NUL authcid NUL passwd</c>.</summary>
/// <param name="AuthorizationId">Whom to act as; empty: the same as <paramref name="AuthenticationId"/>.</param>
/// <param name="AuthenticationId">Whose password it is.</param>
/// <param name="Password">UTF-8 octets; the caller clears them.</param>
public sealed record SaslPlain(string AuthorizationId, string AuthenticationId, byte[] Password)
{
    // RFC 4616 2: names of up to 255 octets are to be supported; no store's user names are longer.
    private const int NameLimit = 255;

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
            || !IsText(authorizationId, NameLimit) || !IsText(authenticationId, NameLimit) || !IsText(password, PasswordLimit))
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

    // C1 controls (U+0080 to U+009F) are C2 80 to C2 9F in UTF-8.
    private static bool IsText(ReadOnlySpan<byte> part, int limit)
    {
        if (part.Length > limit || part.ContainsAnyInRange((byte)0, (byte)0x1F) || part.Contains((byte)0x7F) || !Utf8.IsValid(part))
        {
            return false;
        }

        for (var index = part.IndexOf((byte)0xC2); index >= 0 && index + 1 < part.Length;)
        {
            if (part[index + 1] < 0xA0)
            {
                return false;
            }

            var next = part[(index + 1)..].IndexOf((byte)0xC2);
            index = next < 0 ? -1 : index + 1 + next;
        }

        return true;
    }
}
