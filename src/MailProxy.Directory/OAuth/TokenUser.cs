using System.Text;
using MailProxy.Directory.HttpAuth;

namespace MailProxy.Directory.OAuth;

/// <summary>Whose token it is, by the configured claim. Pure.</summary>
internal sealed class TokenUser(OAuthOptions options)
{
    // As for what clients send.
    private const int NameLimit = 255;

    // A store's id is no longer than a label of DNS.
    private const int HomeLimit = 63;

    /// <summary>The canonical name, or null and why not.</summary>
    public (string? Name, string Problem) NameOf(TokenClaims claims)
    {
        if (claims.Text(options.UserClaim) is not { } text)
        {
            return (null, $"it has no claim '{options.UserClaim}' that could be a name");
        }

        // OpenID Connect Core 5.1: anybody can write anybody's address into their profile at many issuers.
        if (options.UserClaim == "email" && claims.Flag("email_verified") == false)
        {
            return (null, $"the issuer has not verified that '{HeaderText.Printable(text, 100)}' is theirs (email_verified)");
        }

        return Canonical(text) is { } name
            ? (name, "")
            : (null, $"'{HeaderText.Printable(text, 100)}' (claim {options.UserClaim}) is no user@domain{(options.Domain.Length == 0 ? $"; {nameof(options.Domain)} would be appended" : "")}");
    }

    /// <summary>True when a name that the client wrote is the token's user.</summary>
    public bool IsSame(string written, string name) => written.Length == 0 || Canonical(written) == name;

    /// <summary>False: the issuer's word for a store is no store id.</summary>
    public bool TryHome(TokenClaims claims, out string? home)
    {
        home = null;
        if (options.HomeClaim.Length == 0 || !claims.Has(options.HomeClaim))
        {
            return true;
        }

        home = claims.Text(options.HomeClaim);
        return home is { Length: <= HomeLimit } && home.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_');
    }

    private string? Canonical(string text)
    {
        var name = (text.Contains('@', StringComparison.Ordinal) || options.Domain.Length == 0 ? text : $"{text}@{options.Domain}").ToLowerInvariant();
        var at = name.LastIndexOf('@');
        return at > 0 && at < name.Length - 1 && Encoding.UTF8.GetByteCount(name) <= NameLimit && !name.Any(character => char.IsWhiteSpace(character) || char.IsControl(character))
            ? name
            : null;
    }
}
