using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Tls;

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

    /// <summary>The exporter is of this session alone: TLS 1.3, or the extended master secret (RFC 9266 4.2).</summary>
    public static bool HasExporter(nint session) =>
        OpenSsl.VersionOf(session) == OpenSsl.Tls13 || OpenSsl.SessionControl(session, OpenSsl.ControlExtendedMasterSecret, 0, null) == 1;

    /// <summary>tls-exporter (RFC 9266 2).</summary>
    public static byte[]? ExporterOf(nint session)
    {
        var octets = new byte[ChannelBindings.ExporterOctets];
        var label = ChannelBindings.ExporterLabel;
        fixed (byte* target = octets, name = label)
        {
            // An empty context, which for TLS 1.2 is another thing than none.
            return OpenSsl.Export(session, target, (nuint)octets.Length, name, (nuint)label.Length, name, 0, usesContext: 1) == 1 ? octets : null;
        }
    }

    /// <summary>tls-server-end-point (RFC 5929 4), on the server.</summary>
    public static byte[]? EndPointOf(nint session)
    {
        var own = OpenSsl.OwnCertificateOf(session);
        if (own == 0)
        {
            return null;
        }

        var octets = new byte[OpenSslCrypto.EncodeBorrowed(own, null)];
        fixed (byte* start = octets)
        {
            var at = start;
            _ = OpenSslCrypto.EncodeBorrowed(own, &at);
        }

        using var certificate = X509CertificateLoader.LoadCertificate(octets);
        return ChannelBindings.OfCertificate(certificate);
    }

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
