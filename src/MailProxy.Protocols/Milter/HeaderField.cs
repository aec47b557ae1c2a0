namespace MailProxy.Protocols.Milter;

/// <summary>A header field of a message, octet for octet (RFC 5322 2.2), without the CRLF at its end; what has no colon is a name without one.</summary>
/// <param name="Octets">All of it, folded lines with their CRLF.</param>
/// <param name="NameLength">Octets in front of the colon, or of all where there is none.</param>
public readonly record struct HeaderField(ReadOnlyMemory<byte> Octets, int NameLength)
{
    /// <summary>The name as it is written, without blanks in front of the colon.</summary>
    public ReadOnlySpan<byte> Name => Octets.Span[..NameLength].TrimEnd(" \t"u8);

    /// <summary>What is behind the colon, with the blank that usually begins it.</summary>
    public ReadOnlySpan<byte> Value => Octets.Length > NameLength ? Octets.Span[(NameLength + 1)..] : [];

    /// <summary>From a line with those folded behind it.</summary>
    public static HeaderField Of(ReadOnlyMemory<byte> octets)
    {
        var colon = octets.Span.IndexOf((byte)':');
        return new(octets, colon < 0 ? octets.Length : colon);
    }
}
