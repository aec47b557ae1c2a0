using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Tls;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>
/// What OpenSSL derives from one <see cref="TlsClientSettings"/>, kept as long as those live, and the server's tickets. A ticket is used under the
/// same settings only: same name, same authorities, same certificate of ours.
/// </summary>
internal sealed unsafe class OpenSslClientContext
{
    // TLSEXT_NAMETYPE_host_name (RFC 6066 3).
    private const int HostName = 0;

    // A resumed handshake looks at no certificate, and each brings the ticket for the next one: RFC 8446 4.6.1 wants a limit on the whole chain.
    // After so long the server's certificate is verified again, so a revoked or expired one does not live on. As long as servers' tickets live.
    private static readonly TimeSpan VerifyAgainAfter = TimeSpan.FromHours(2);

    private static readonly ConditionalWeakTable<TlsClientSettings, OpenSslClientContext> Known = [];

    private readonly SafeSslContext _context = SafeSslContext.Create(OpenSsl.ClientMethod());
    private readonly KeptTickets _tickets = new();
    private readonly TimeProvider _time;
    private readonly string _targetHost;
    private readonly bool _isAddress;
    private readonly byte[]? _protocols;
    private readonly nint _number;

    private OpenSslClientContext(TlsClientSettings settings, TimeProvider time)
    {
        _time = time;
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
        _number = CallbackTargets<OpenSslClientContext>.Add(this);
        ClientCallbacks.Set(_context, _number);
    }

    ~OpenSslClientContext() => CallbackTargets<OpenSslClientContext>.Remove(_number);

    /// <summary>The context of these settings. Errors: <see cref="System.Security.Cryptography.CryptographicException"/>.</summary>
    /// <param name="settings">The same object each time finds the same context.</param>
    /// <param name="time">For the age of tickets.</param>
    public static OpenSslClientContext Of(TlsClientSettings settings, TimeProvider time) =>
        Known.TryGetValue(settings, out var known) ? known : Known.GetValue(settings, key => new OpenSslClientContext(key, time));

    /// <summary>A session that is about to send its ClientHello, and that will check the peer's name or address, or resume where that was done.</summary>
    public OpenSslSession NewSession(int descriptor)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var session = OpenSsl.NewSession(_context);
        OpenSsl.BecomeClient(session);
        var parameters = OpenSsl.VerifyParameters(session);
        OpenSslCrypto.SetVerifyTime(parameters, now);
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

        OfferTicket(session, now);
        return new OpenSslSession(session, descriptor);
    }

    /// <summary>Keeps a ticket that came on a session; the reference is ours then.</summary>
    public void Keep(nint session, nint ticket)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        // The handshake that resumed verified nothing; what it resumed did.
        var verifiedAt = OpenSsl.IsResumed(session) == 1 ? OpenSsl.SessionData(session, OpenSsl.ApplicationData) : now;
        var goodUntil = verifiedAt + (long)VerifyAgainAfter.TotalSeconds;
        // 0: the server does not say (RFC 5077 3.3; a TLS 1.2 session without a ticket).
        if (OpenSsl.LifetimeOf(ticket) is > 0 and var lifetime)
        {
            goodUntil = Math.Min(goodUntil, now + (long)lifetime);
        }

        _tickets.Add(new KeptTicket(new SafeSslTicket(ticket), verifiedAt, goodUntil, OpenSsl.VersionOfTicket(ticket) == OpenSsl.Tls13));
    }

    /// <summary>A handshake failed: should it be for a ticket, the next one goes without.</summary>
    public void ForgetTickets() => _tickets.Clear();

    private void OfferTicket(nint session, long now)
    {
        if (_tickets.Take(now) is not { } kept)
        {
            return;
        }

        try
        {
            // OpenSSL takes a reference of its own.
            _ = OpenSsl.UseTicket(session, kept.Ticket);
            _ = OpenSsl.SetSessionData(session, OpenSsl.ApplicationData, (nint)kept.VerifiedAt);
        }
        catch (ObjectDisposedException)
        {
            // Another dial threw it away between the two lines: a full handshake, then.
        }
        finally
        {
            if (kept.IsForOneUse)
            {
                kept.Ticket.Dispose();
            }
        }
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
