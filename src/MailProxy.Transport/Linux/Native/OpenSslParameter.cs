using System.Runtime.InteropServices;

namespace MailProxy.Transport.Linux.Native;

/// <summary>OSSL_PARAM of openssl/core.h: a named value; a list of them ends with one of zeros.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OpenSslParameter
{
    /// <summary>OSSL_PARAM_UTF8_STRING.</summary>
    public const uint Utf8String = 4;

    /// <summary>The name, ended by zero.</summary>
    public byte* Key;

    /// <summary>What <see cref="Data"/> is.</summary>
    public uint DataType;

    /// <summary>The value.</summary>
    public byte* Data;

    /// <summary>Octets of the value, without a string's zero.</summary>
    public nuint DataSize;

    /// <summary>For answers.</summary>
    public nuint ReturnSize;
}
