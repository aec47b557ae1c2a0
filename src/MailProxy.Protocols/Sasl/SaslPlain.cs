namespace MailProxy.Protocols.Sasl;

/// <summary>The one message of SASL PLAIN (RFC 4616): <c>[authzid] NUL authcid NUL passwd</c>.</summary>
/// <param name="AuthorizationId">Whom to act as; empty: the same as <paramref name="AuthenticationId"/>.</param>
/// <param name="AuthenticationId">Whose password it is.</param>
/// <param name="Password">UTF-8 octets; the caller clears them.</param>
public sealed record SaslPlain(string AuthorizationId, string AuthenticationId, byte[] Password)
{
    /// <summary>Parses the decoded message. Malformed: not three parts, not UTF-8, empty name or password, control characters in any part, a part over 255 octets (names) or 8,192 (password).</summary>
    public static ReadStatus TryParse(ReadOnlySpan<byte> message, out SaslPlain? plain) => throw new NotImplementedException();

    /// <summary>The message as octets, not yet base64.</summary>
    public byte[] ToMessage() => throw new NotImplementedException();
}
