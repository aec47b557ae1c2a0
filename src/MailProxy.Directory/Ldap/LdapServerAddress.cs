using System.Diagnostics.CodeAnalysis;

namespace MailProxy.Directory.Ldap;

/// <summary>Where a server listens, from a URL of the form <c>ldap[s]://host[:port]</c> (RFC 4516 without its other parts).</summary>
/// <param name="Host">A name or an address; IPv6 in brackets.</param>
/// <param name="Port">389 and 636 if the URL names none.</param>
/// <param name="IsTls">TLS from the first octet.</param>
internal sealed record LdapServerAddress(string Host, int Port, bool IsTls)
{
    /// <summary>What an octet sent there in clear could not meet: somebody else's network.</summary>
    public bool IsLoopback { get; private init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(IsTls ? "ldaps" : "ldap")}://{Host}:{Port}";

    /// <summary>Judges a URL.</summary>
    public static bool TryParse(string url, [NotNullWhen(true)] out LdapServerAddress? address)
    {
        address = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("ldap" or "ldaps") || uri.Host.Length == 0
            || uri.AbsolutePath.Trim('/').Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            return false;
        }

        var isTls = uri.Scheme == "ldaps";
        address = new LdapServerAddress(uri.Host, uri.Port > 0 ? uri.Port : isTls ? 636 : 389, isTls) { IsLoopback = uri.IsLoopback };
        return true;
    }
}
