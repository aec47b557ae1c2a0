namespace MailProxy.Proxy.Sieve;

/// <summary>What a store said of itself, in its greeting or behind STARTTLS (RFC 5804 1.7).</summary>
/// <param name="Values">By name; a capability without a value has an empty one.</param>
internal sealed record SieveCapabilities(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>True when it is offered.</summary>
    public bool Has(string name) => Values.ContainsKey(name);

    /// <summary>Its value; empty: none, or it is not offered.</summary>
    public string Of(string name) => Values.GetValueOrDefault(name, "");

    /// <summary>True when a SASL mechanism is offered.</summary>
    public bool Authenticates(string mechanism) => Of("SASL").Split(' ').Contains(mechanism, StringComparer.OrdinalIgnoreCase);
}
