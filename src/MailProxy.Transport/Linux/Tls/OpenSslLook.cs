using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Text;
using MailProxy.Transport.Linux.Native;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>What a session's handshake agreed on, in .NET's words.</summary>
internal static unsafe class OpenSslLook
{
    // name_type host_name (RFC 6066 3).
    private const int HostName = 0;

    /// <summary>TLS 1.2 or 1.3; the contexts allow no other.</summary>
    [SuppressMessage("Security", "CA5397", Justification = "It names what was agreed on, it does not choose.")]
    [SuppressMessage("Security", "CA5398", Justification = "It names what was agreed on, it does not choose.")]
    public static SslProtocols ProtocolOf(nint session) => OpenSsl.VersionOf(session) == OpenSsl.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12;

    /// <summary>The IANA name; empty without a cipher. Ciphers are constants of the library, so this may be asked after the session.</summary>
    public static string NameOfCipher(nint cipher) => cipher == 0 ? "" : Marshal.PtrToStringUTF8(OpenSsl.NameOfCipher(cipher)) ?? "";

    /// <summary>SNI as the client sent it, or null.</summary>
    public static string? ServerNameOf(nint session) => Marshal.PtrToStringUTF8(OpenSsl.ServerNameOf(session, HostName));

    /// <summary>ALPN's outcome, or null.</summary>
    public static string? ApplicationProtocolOf(nint session)
    {
        byte* name = null;
        uint length = 0;
        OpenSsl.ApplicationProtocolOf(session, &name, &length);
        return length == 0 ? null : Encoding.ASCII.GetString(name, (int)length);
    }
}
