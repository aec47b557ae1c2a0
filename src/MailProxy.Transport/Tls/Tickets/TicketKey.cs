using System.Security.Cryptography;

namespace MailProxy.Transport.Tls.Tickets;

/// <summary>
/// One key that session tickets are sealed with (RFC 5077 4), 80 octets in nginx's order (ssl_session_ticket_key), so that its files work here:
/// name (16), HMAC-SHA256 key (32), AES-256 key (32). The name stands in the ticket and is no secret.
/// </summary>
internal sealed class TicketKey : IDisposable
{
    /// <summary>Length of a record.</summary>
    public const int Octets = 80;

    /// <summary>Length of the name.</summary>
    public const int NameOctets = 16;

    /// <summary>Length of each of the two keys.</summary>
    public const int SecretOctets = 32;

    // Pinned: what the garbage collector moves leaves copies behind, which nobody can clear.
    private readonly byte[] _record = GC.AllocateArray<byte>(Octets, pinned: true);

    /// <summary>A copy of a record of <see cref="Octets"/>.</summary>
    public TicketKey(ReadOnlySpan<byte> record)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(record.Length, Octets);
        record.CopyTo(_record);
    }

    /// <summary>The whole record.</summary>
    public ReadOnlySpan<byte> Record => _record;

    /// <summary>A new one of random octets.</summary>
    public static TicketKey Generate()
    {
        Span<byte> record = stackalloc byte[Octets];
        RandomNumberGenerator.Fill(record);
        var key = new TicketKey(record);
        CryptographicOperations.ZeroMemory(record);
        return key;
    }

    /// <summary>The name of a record.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> record) => record[..NameOctets];

    /// <summary>The HMAC key of a record.</summary>
    public static ReadOnlySpan<byte> MacKeyOf(ReadOnlySpan<byte> record) => record.Slice(NameOctets, SecretOctets);

    /// <summary>The AES key of a record.</summary>
    public static ReadOnlySpan<byte> CipherKeyOf(ReadOnlySpan<byte> record) => record.Slice(NameOctets + SecretOctets, SecretOctets);

    /// <summary>Clears the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_record);
}
