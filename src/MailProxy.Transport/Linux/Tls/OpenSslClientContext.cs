using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Tls;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>What OpenSSL derives from one <see cref="TlsClientSettings"/>, kept as long as those live.</summary>
internal sealed unsafe class OpenSslClientContext
{
    // TLSEXT_NAMETYPE_host_name (RFC 6066 3).
    private const int HostName = 0;

    private static readonly ConditionalWeakTable<TlsClientSettings, OpenSslClientContext> Known = [];

    private readonly SafeSslContext _context = SafeSslContext.Create(OpenSsl.ClientMethod());
    private readonly string _targetHost;
    private readonly bool _isAddress;
    private readonly byte[]? _protocols;

    private OpenSslClientContext(TlsClientSettings settings)
    {
        _targetHost = settings.TargetHost;
        _isAddress = IPAddress.TryParse(_targetHost, out _);
        if (settings.ClientCertificate is not null)
        {
            _context.Use(settings.ClientCertificate, null);
        }

        if (settings.Authorities is null)
        {
            _ = OpenSsl.UseSystemAuthorities(_context);
        }
        else
        {
            _context.Trust(settings.Authorities, areTold: false);
        }

        OpenSsl.SetVerify(_context, OpenSsl.VerifyPeer, 0);
        _protocols = settings.ApplicationProtocol is { } name ? [(byte)name.Length, .. Encoding.ASCII.GetBytes(name)] : null;
    }

    /// <summary>The context of these settings. Errors: <see cref="System.Security.Cryptography.CryptographicException"/>.</summary>
    public static OpenSslClientContext Of(TlsClientSettings settings) => Known.GetValue(settings, static key => new OpenSslClientContext(key));

    /// <summary>A session that is about to send its ClientHello, and that will check the peer's name or address.</summary>
    public OpenSslSession NewSession(int descriptor, DateTimeOffset now)
    {
        var session = OpenSsl.NewSession(_context);
        OpenSsl.BecomeClient(session);
        var parameters = OpenSsl.VerifyParameters(session);
        OpenSslCrypto.SetVerifyTime(parameters, now.ToUnixTimeSeconds());
        var isSet = _isAddress ? OpenSslCrypto.SetVerifyAddress(parameters, _targetHost) : SetHost(session, parameters);
        if (isSet != 1)
        {
            // Without a name to check, whoever has any certificate of the authority would do.
            OpenSsl.FreeSession(session);
            throw new ArgumentException($"'{_targetHost}' cannot be a TLS server's name.");
        }

        if (_protocols is not null)
        {
            fixed (byte* list = _protocols)
            {
                _ = OpenSsl.OfferApplicationProtocols(session, list, (uint)_protocols.Length);
            }
        }

        return new OpenSslSession(session, descriptor);
    }

    private int SetHost(nint session, nint parameters)
    {
        OpenSslCrypto.SetVerifyHostFlags(parameters, OpenSslCrypto.NoPartialWildcards);
        fixed (byte* name = Encoding.ASCII.GetBytes(_targetHost + '\0'))
        {
            _ = OpenSsl.SessionControl(session, OpenSsl.ControlHostName, HostName, name);
        }

        return OpenSslCrypto.SetVerifyHost(parameters, _targetHost, 0);
    }
}
