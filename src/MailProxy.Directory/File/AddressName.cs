using System.Text;

namespace MailProxy.Directory.File;

// name   = local "@" domain         canonical: lower case; the last "@" divides
// local  = 1*64 octets of UTF-8 without controls and blanks
// domain = labels of letters, digits, "-", "_" and non-ASCII, divided by "."

/// <summary>A name in canonical form.</summary>
/// <param name="Local">Left of the at sign, lower case.</param>
/// <param name="Domain">Right of it, lower case.</param>
internal sealed record AddressName(string Local, string Domain)
{
    // RFC 5321 4.5.3.1.1 and .2.
    private const int LocalOctets = 64;
    private const int DomainOctets = 255;

    /// <summary>Divides a local part from its detail (RFC 5233).</summary>
    private const char DetailSeparator = '+';

    public override string ToString() => $"{Local}@{Domain}";

    /// <summary><c>user+detail@domain</c> without the detail; null if there is none.</summary>
    public AddressName? WithoutDetail() =>
        Local.IndexOf(DetailSeparator, StringComparison.Ordinal) is var at and > 0 ? this with { Local = Local[..at] } : null;

    /// <summary>Judges a name as it was written.</summary>
    /// <param name="text">As written.</param>
    /// <param name="defaultDomain">For names without one (canonical); null: such names are none.</param>
    /// <returns>The canonical name, or null if it is none.</returns>
    public static AddressName? Parse(string text, string? defaultDomain)
    {
        int at = text.LastIndexOf('@');
        string local = at < 0 ? text : text[..at];
        string? domain = at < 0 ? defaultDomain : ParseDomain(text[(at + 1)..]);
        bool isLocal = local.Length > 0 && !local.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && Encoding.UTF8.GetByteCount(local) <= LocalOctets;
        return isLocal && domain is not null ? new AddressName(local.ToLowerInvariant(), domain) : null;
    }

    /// <returns>The canonical domain, or null if it is none.</returns>
    public static string? ParseDomain(string text)
    {
        bool isDomain = text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= DomainOctets
            && text.Split('.').All(label => label.Length > 0 && label.All(IsDomainCharacter));
        return isDomain ? text.ToLowerInvariant() : null;
    }

    private static bool IsDomainCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c > 127 && !char.IsControl(c) && !char.IsWhiteSpace(c));
}
