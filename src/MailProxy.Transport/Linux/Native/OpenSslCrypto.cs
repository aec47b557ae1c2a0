using System.Runtime.InteropServices;

namespace MailProxy.Transport.Linux.Native;

/// <summary>OpenSSL 3, libcrypto: certificates, keys, verification, the thread's error queue.</summary>
internal static unsafe partial class OpenSslCrypto
{
    /// <summary>The library's file.</summary>
    public const string Name = "libcrypto.so.3";

    /// <summary>X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS (RFC 6125 6.4.3): a wildcard stands for a whole label.</summary>
    public const uint NoPartialWildcards = 4;

    // ERR_GET_REASON of errors that are no system errors.
    private const ulong ReasonMask = 0x7FFFFF;

    /// <summary>The reason of the thread's last error; 0 without one. Empties the queue.</summary>
    public static int TakeReason()
    {
        var reason = (int)(PeekLastError() & ReasonMask);
        ClearErrors();
        return reason;
    }

    [LibraryImport(Name, EntryPoint = "ERR_clear_error")]
    [SuppressGCTransition]
    public static partial void ClearErrors();

    [LibraryImport(Name, EntryPoint = "ERR_peek_last_error")]
    private static partial ulong PeekLastError();

    [LibraryImport(Name, EntryPoint = "d2i_X509")]
    public static partial SafeX509 DecodeCertificate(nint target, byte** octets, nint length);

    [LibraryImport(Name, EntryPoint = "i2d_X509")]
    public static partial int EncodeCertificate(SafeX509 certificate, byte** target);

    /// <summary>The same of one that is somebody else's.</summary>
    [LibraryImport(Name, EntryPoint = "i2d_X509")]
    public static partial int EncodeBorrowed(nint certificate, byte** target);

    [LibraryImport(Name, EntryPoint = "X509_free")]
    public static partial void FreeCertificate(nint certificate);

    [LibraryImport(Name, EntryPoint = "d2i_AutoPrivateKey")]
    public static partial nint DecodeKey(nint target, byte** octets, nint length);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_free")]
    public static partial void FreeKey(nint key);

    [LibraryImport(Name, EntryPoint = "X509_STORE_add_cert")]
    public static partial int Trust(nint store, nint certificate);

    [LibraryImport(Name, EntryPoint = "X509_VERIFY_PARAM_set_time")]
    public static partial void SetVerifyTime(nint parameters, long unixSeconds);

    [LibraryImport(Name, EntryPoint = "X509_VERIFY_PARAM_set1_host", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVerifyHost(nint parameters, string name, nuint length);

    [LibraryImport(Name, EntryPoint = "X509_VERIFY_PARAM_set_hostflags")]
    public static partial void SetVerifyHostFlags(nint parameters, uint flags);

    [LibraryImport(Name, EntryPoint = "X509_VERIFY_PARAM_set1_ip_asc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVerifyAddress(nint parameters, string address);

    [LibraryImport(Name, EntryPoint = "OpenSSL_version_num")]
    public static partial ulong Version();

    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_fetch", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FetchCipher(nint library, string name, nint properties);

    [LibraryImport(Name, EntryPoint = "EVP_CipherInit_ex")]
    public static partial int InitCipher(nint context, nint cipher, nint engine, byte* key, byte* vector, int isEncrypting);

    [LibraryImport(Name, EntryPoint = "EVP_MAC_init")]
    public static partial int InitMac(nint context, byte* key, nuint length, OpenSslParameter* parameters);
}
