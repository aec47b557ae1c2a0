namespace MailProxy.Proxy.Relay;

/// <summary>What MAIL FROM said.</summary>
/// <param name="Sender">Reverse path without brackets; empty for bounces.</param>
/// <param name="IsEightBit">BODY=8BITMIME (RFC 6152).</param>
/// <param name="IsInternational">SMTPUTF8 (RFC 6531).</param>
/// <param name="DeclaredSize">SIZE= (RFC 1870), octets; null: not declared.</param>
internal sealed record RelayEnvelope(string Sender, bool IsEightBit, bool IsInternational, long? DeclaredSize)
{
    /// <summary>BODY=BINARYMIME (RFC 3030 3): any octets, which only BDAT can carry.</summary>
    public bool IsBinary { get; init; }

    /// <summary>RET= (RFC 3461 4.3), judged; null: not said.</summary>
    public string? Return { get; init; }

    /// <summary>ENVID= (RFC 3461 4.4), judged, as it was written; null: not said.</summary>
    public string? EnvelopeId { get; init; }
}
