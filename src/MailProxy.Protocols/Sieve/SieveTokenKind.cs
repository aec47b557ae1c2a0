namespace MailProxy.Protocols.Sieve;

/// <summary>What a ManageSieve line is made of (RFC 5804 4).</summary>
public enum SieveTokenKind
{
    /// <summary>A word without quotes: a command's or a response's name.</summary>
    Atom,

    /// <summary>A quoted string or a literal.</summary>
    Text,

    /// <summary><c>(</c>.</summary>
    Open,

    /// <summary><c>)</c>.</summary>
    Close,
}
