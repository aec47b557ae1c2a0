using System.Text;

namespace MailProxy.Protocols.Sieve;

/// <summary>One command or one line of a response, with its literals (RFC 5804 4).</summary>
/// <param name="Tokens">In order; none for an empty line.</param>
public sealed record SieveLine(IReadOnlyList<SieveToken> Tokens)
{
    /// <summary>The first atom in upper case; empty when the line begins with something else.</summary>
    public string Verb => Tokens is [{ Kind: SieveTokenKind.Atom } first, ..] ? Encoding.ASCII.GetString(first.Octets).ToUpperInvariant() : "";

    /// <summary>True when everything behind the first token is strings.</summary>
    public bool HasOnlyStrings => Tokens.Skip(1).All(token => token.Kind == SieveTokenKind.Text);

    /// <summary>Overwrites what was read: it may have been a password.</summary>
    public void Clear()
    {
        foreach (var token in Tokens)
        {
            Array.Clear(token.Octets);
        }
    }
}
