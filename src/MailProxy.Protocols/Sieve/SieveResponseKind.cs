namespace MailProxy.Protocols.Sieve;

/// <summary>How a line of a server begins.</summary>
public enum SieveResponseKind
{
    /// <summary>Strings: a capability, a SASL challenge, a script's name.</summary>
    Data,

    /// <summary><c>OK</c>.</summary>
    Ok,

    /// <summary><c>NO</c>.</summary>
    No,

    /// <summary><c>BYE</c>: the server closes the connection.</summary>
    Bye,
}
