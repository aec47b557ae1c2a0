namespace MailProxy.Protocols.Sasl;

// client-first-message      = gs2-header client-first-message-bare
// gs2-header                = ("p=" cb-name / "n" / "y") "," ["a=" saslname] ","
// client-first-message-bare = "n=" saslname "," "r=" nonce *("," extension)                    RFC 5802 7

/// <summary>The first message of a SCRAM client.</summary>
/// <param name="Binding">What it says of channel binding.</param>
/// <param name="BindingType">The kind of channel binding (<c>tls-exporter</c>) when it is used; otherwise empty.</param>
/// <param name="AuthorizationId">Whom to act as; empty: the same.</param>
/// <param name="UserName">Whose password it is.</param>
/// <param name="Nonce">The client's.</param>
/// <param name="Header">The gs2-header as it came: the client's last message repeats it.</param>
/// <param name="Bare">The rest as it came: it is signed.</param>
public sealed record ScramClientFirst(
    ScramBinding Binding, string BindingType, string AuthorizationId, string UserName, string Nonce, string Header, string Bare)
{
    /// <summary>Parses the decoded message. Malformed: anything that is not this grammar, a mandatory extension, control characters, a part that is too long.</summary>
    public static ReadStatus TryParse(ReadOnlySpan<byte> message, out ScramClientFirst? first)
    {
        first = null;
        if (!ScramAttributes.TryText(message, out var text) || text.Split(',') is not [var flag, var authorization, var user, var random, ..] parts
            || !TryBinding(flag, out var binding, out var type)
            || !TryAuthorization(authorization, out var authorizationId)
            || !ScramAttributes.TryValue(user, 'n', out var escaped) || !ScramAttributes.TryName(escaped, out var name)
            || !ScramAttributes.TryNonce(random, out var nonce)
            || !ScramAttributes.AreExtensions(parts.AsSpan(4)))
        {
            return ReadStatus.Malformed;
        }

        var header = flag.Length + 1 + authorization.Length + 1;
        first = new(binding, type, authorizationId, name, nonce, text[..header], text[header..]);
        return ReadStatus.Done;
    }

    private static bool TryBinding(string flag, out ScramBinding binding, out string type)
    {
        (binding, type) = (flag == "y" ? ScramBinding.NotOffered : ScramBinding.None, "");
        if (flag is "n" or "y")
        {
            return true;
        }

        binding = ScramBinding.Used;
        return ScramAttributes.TryValue(flag, 'p', out type) && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
    }

    private static bool TryAuthorization(string part, out string authorizationId)
    {
        authorizationId = "";
        return part.Length == 0 || (ScramAttributes.TryValue(part, 'a', out var escaped) && ScramAttributes.TryName(escaped, out authorizationId));
    }
}
