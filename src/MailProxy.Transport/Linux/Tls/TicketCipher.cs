using System.Security.Cryptography;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Tls.Tickets;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>Hands a ticket's keys to OpenSSL, which seals and opens: AES-256-CBC, then HMAC-SHA256 over all of it (RFC 5077 4), as in nginx.</summary>
internal static unsafe class TicketCipher
{
    // EVP_MAX_IV_LENGTH, and the block of AES.
    private const int VectorOctets = 16;

    // What the callback answers: SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
    private const int Fault = -1;
    private const int Unknown = 0;
    private const int Ready = 1;
    private const int ReadyAndRenew = 2;

    // Once: to look an algorithm up takes a lock of the whole library's.
    private static readonly nint Cipher = OpenSslCrypto.FetchCipher(0, "AES-256-CBC", 0);

    /// <summary>Prepares to seal a new ticket; writes the key's name and the vector. Without a key no ticket is sent.</summary>
    public static int Seal(TicketKeys keys, byte* name, byte* vector, nint cipher, nint mac)
    {
        Span<byte> record = stackalloc byte[TicketKey.Octets];
        try
        {
            if (!keys.TryGetCurrent(record))
            {
                return Unknown;
            }

            RandomNumberGenerator.Fill(new Span<byte>(vector, VectorOctets));
            TicketKey.NameOf(record).CopyTo(new Span<byte>(name, TicketKey.NameOctets));
            return Start(record, vector, cipher, mac, isSealing: true) ? Ready : Fault;
        }
        catch (CryptographicException)
        {
            // No exception may cross OpenSSL: the handshake fails instead.
            return Fault;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(record);
        }
    }

    /// <summary>Prepares to open a ticket that names its key.</summary>
    /// <param name="keys">Ours.</param>
    /// <param name="isForOneUse">TLS 1.3: whoever resumes gets a new ticket each time (RFC 8446 C.4).</param>
    /// <param name="name">The key's.</param>
    /// <param name="vector">Of the ticket.</param>
    /// <param name="cipher">OpenSSL's.</param>
    /// <param name="mac">OpenSSL's.</param>
    public static int Open(TicketKeys keys, bool isForOneUse, byte* name, byte* vector, nint cipher, nint mac)
    {
        Span<byte> record = stackalloc byte[TicketKey.Octets];
        try
        {
            var match = keys.Find(new ReadOnlySpan<byte>(name, TicketKey.NameOctets), record);
            return match == TicketKeyMatch.Unknown
                ? Unknown
                : !Start(record, vector, cipher, mac, isSealing: false) ? Fault : isForOneUse || match == TicketKeyMatch.Former ? ReadyAndRenew : Ready;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(record);
        }
    }

    private static bool Start(ReadOnlySpan<byte> record, byte* vector, nint cipher, nint mac, bool isSealing)
    {
        fixed (byte* cipherKey = TicketKey.CipherKeyOf(record), macKey = TicketKey.MacKeyOf(record), digestName = "digest"u8, digest = "SHA256"u8)
        {
            var parameters = stackalloc OpenSslParameter[2];
            parameters[0] = new OpenSslParameter { Key = digestName, DataType = OpenSslParameter.Utf8String, Data = digest, DataSize = (nuint)"SHA256"u8.Length };
            parameters[1] = default;
            return OpenSslCrypto.InitCipher(cipher, Cipher, 0, cipherKey, vector, isSealing ? 1 : 0) == 1
                && OpenSslCrypto.InitMac(mac, macKey, TicketKey.SecretOctets, parameters) == 1;
        }
    }
}
