using System.Text;

namespace MailProxy.Protocols.Sieve;

/// <summary>One token of a line.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Octets">An atom as it stands, a string without its quotes and escapes; octets of its own. Empty for parentheses.</param>
public readonly record struct SieveToken(SieveTokenKind Kind, byte[] Octets)
{
    /// <summary>As text; octets that are no UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Octets);
}
