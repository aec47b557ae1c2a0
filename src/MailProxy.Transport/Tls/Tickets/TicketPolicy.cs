using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailProxy.Transport.Tls.Tickets;

/// <summary>
/// What a ticket is good for: one certificate under one policy. Nodes and listeners share keys, so this, and not the key, keeps a session from
/// being resumed where the handshake would have asked for more (CVE-2025-23419).
/// </summary>
internal static class TicketPolicy
{
    // Of another program, or of a later rule of ours, none is good here.
    private const string Rule = "MailProxy 1";

    /// <summary>
    /// 32 octets (SSL_MAX_SID_CTX_LENGTH) that are the same on every node with the same certificate, application protocols and client-CA policy.
    /// </summary>
    public static byte[] Of(X509Certificate2 certificate, TlsServerSettings settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.ASCII.GetBytes(Rule));
        Add(hash, certificate.GetCertHash(HashAlgorithmName.SHA256));
        AddList(hash, settings.ApplicationProtocols.Select(Encoding.ASCII.GetBytes));
        Add(hash, [settings.ClientAuthorities is null ? (byte)0 : settings.RequireClientCertificate ? (byte)2 : (byte)1]);
        // The order of a file of CAs means nothing.
        AddList(hash, (settings.ClientAuthorities ?? []).Select(authority => authority.GetCertHash(HashAlgorithmName.SHA256)).OrderBy(Convert.ToHexString, StringComparer.Ordinal));
        return hash.GetHashAndReset();
    }

    // Lengths go along: "ab" and "c" are not "a" and "bc".
    private static void Add(IncrementalHash hash, byte[] value)
    {
        AddNumber(hash, value.Length);
        hash.AppendData(value);
    }

    private static void AddList(IncrementalHash hash, IEnumerable<byte[]> values)
    {
        var all = values.ToList();
        AddNumber(hash, all.Count);
        all.ForEach(value => Add(hash, value));
    }

    private static void AddNumber(IncrementalHash hash, int number)
    {
        Span<byte> octets = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(octets, number);
        hash.AppendData(octets);
    }
}
