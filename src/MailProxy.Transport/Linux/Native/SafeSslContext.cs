using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Win32.SafeHandles;

namespace MailProxy.Transport.Linux.Native;

/// <summary>OpenSSL's SSL_CTX: what sessions of one certificate and one policy share.</summary>
internal sealed unsafe class SafeSslContext : SafeHandleZeroOrMinusOneIsInvalid
{
    private SafeSslContext(nint context)
        : base(ownsHandle: true) => SetHandle(context);

    /// <summary>TLS 1.2 and later, no renegotiation, buffers only while something is in them, no session cache.</summary>
    public static SafeSslContext Create(nint method)
    {
        var context = new SafeSslContext(OpenSsl.NewContext(method));
        if (context.IsInvalid)
        {
            throw Broken("cannot make a TLS context");
        }

        _ = OpenSsl.ContextControl(context, OpenSsl.ControlMinVersion, OpenSsl.Tls12, 0);
        // Released buffers are what makes idle sessions cheap: with OpenSSL 3.0 one holds 13.9 KB instead of 47. What is left is OpenSSL's own and
        // cannot be given back by its interface: SSL 7.6 KB, ciphers 1.9, the session 0.9, both sides' handshake keys 0.9.
        _ = OpenSsl.ContextControl(context, OpenSsl.ControlMode, OpenSsl.ModePartialWrite | OpenSsl.ModeMovingWriteBuffer | OpenSsl.ModeReleaseBuffers, 0);
        // One receive for a record instead of two, header and body: a third of the system calls of a small piece.
        _ = OpenSsl.ContextControl(context, OpenSsl.ControlReadAhead, 1, 0);
        _ = OpenSsl.ContextControl(context, OpenSsl.ControlSessionCacheMode, OpenSsl.SessionCacheOff, 0);
        _ = OpenSsl.SetOptions(context, OpenSsl.OptionNoRenegotiation);
        return context;
    }

    /// <summary>Our own certificate, its key and what goes along with it.</summary>
    public void Use(X509Certificate2 certificate, X509Certificate2Collection? intermediates)
    {
        using (var own = SafeX509.Of(certificate))
        {
            Require(OpenSsl.UseCertificate(this, own.Value), $"refuses the certificate '{certificate.Subject}'");
        }

        UseKeyOf(certificate);
        foreach (var intermediate in intermediates ?? [])
        {
            using var sent = SafeX509.Of(intermediate);
            Require((int)OpenSsl.ContextControl(this, OpenSsl.ControlChainCertificate, 1, sent.Value), $"refuses the certificate '{intermediate.Subject}'");
        }
    }

    /// <summary>Trusts these authorities alone.</summary>
    /// <param name="authorities">The authorities.</param>
    /// <param name="areTold">Their names are sent to clients, which pick a certificate by them.</param>
    public void Trust(X509Certificate2Collection authorities, bool areTold)
    {
        foreach (var authority in authorities)
        {
            using var trusted = SafeX509.Of(authority);
            Require(OpenSslCrypto.Trust(OpenSsl.CertificateStore(this), trusted.Value), $"refuses the authority '{authority.Subject}'");
            if (areTold)
            {
                _ = OpenSsl.AddClientAuthority(this, trusted.Value);
            }
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeContext(handle);
        return true;
    }

    private static void Require(int result, string complaint)
    {
        if (result != 1)
        {
            throw Broken(complaint);
        }
    }

    private static CryptographicException Broken(string complaint) => new($"OpenSSL {complaint} (reason {OpenSslCrypto.TakeReason()}).");

    private void UseKeyOf(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        var octets = key?.ExportPkcs8PrivateKey() ?? throw new CryptographicException($"The certificate '{certificate.Subject}' has no ECDSA or RSA key.");
        var decoded = 0;
        try
        {
            fixed (byte* start = octets)
            {
                var at = start;
                var pointer = OpenSslCrypto.DecodeKey(0, &at, octets.Length);
                decoded = pointer == 0 ? 0 : OpenSsl.UsePrivateKey(this, pointer);
                OpenSslCrypto.FreeKey(pointer);
            }
        }
        finally
        {
            // The key lives in OpenSSL now, and nowhere else.
            CryptographicOperations.ZeroMemory(octets);
        }

        Require(decoded, $"refuses the key of '{certificate.Subject}'");
    }
}
