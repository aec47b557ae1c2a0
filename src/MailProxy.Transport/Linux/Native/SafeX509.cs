using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Win32.SafeHandles;

namespace MailProxy.Transport.Linux.Native;

/// <summary>OpenSSL's X509, owned.</summary>
internal sealed unsafe class SafeX509 : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>For the marshaller.</summary>
    public SafeX509()
        : base(ownsHandle: true)
    {
    }

    /// <summary>For calls; valid as long as this object is not disposed.</summary>
    public nint Value => handle;

    /// <summary>A certificate of .NET's as one of OpenSSL's. Errors: <see cref="CryptographicException"/>.</summary>
    public static SafeX509 Of(X509Certificate2 certificate)
    {
        var octets = certificate.RawData;
        fixed (byte* start = octets)
        {
            var at = start;
            var decoded = OpenSslCrypto.DecodeCertificate(0, &at, octets.Length);
            return decoded.IsInvalid ? throw new CryptographicException($"OpenSSL cannot read the certificate '{certificate.Subject}'.") : decoded;
        }
    }

    /// <summary>The same the other way round.</summary>
    public X509Certificate2 ToCertificate()
    {
        var octets = new byte[OpenSslCrypto.EncodeCertificate(this, null)];
        fixed (byte* start = octets)
        {
            var at = start;
            _ = OpenSslCrypto.EncodeCertificate(this, &at);
        }

        return X509CertificateLoader.LoadCertificate(octets);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSslCrypto.FreeCertificate(handle);
        return true;
    }
}
