using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Tls;
using MailProxy.Transport.Tls.Tickets;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>
/// What OpenSSL derives from one <see cref="TlsServerSettings"/>, kept as long as those live: a context for each certificate, among which SNI
/// picks. All of them, and other listeners and nodes, may share ticket keys; a <see cref="TicketPolicy"/> tells them apart (CVE-2025-23419).
/// </summary>
internal sealed unsafe class OpenSslServerContext
{
    // One ticket is what one reconnect needs; OpenSSL's two cost another encryption per login.
    private const nuint TicketCount = 1;

    private static readonly ConditionalWeakTable<TlsServerSettings, OpenSslServerContext> Known = [];

    private readonly CertificateTable<SafeSslContext> _certificates;
    private readonly nint _number;

    private OpenSslServerContext(TlsServerSettings settings, TimeProvider time)
    {
        Protocols = [.. settings.ApplicationProtocols.Select(Encoding.ASCII.GetBytes)];
        Tickets = settings.ClientAuthorities is null ? settings.TicketKeys ?? TicketKeys.Generate(time) : null;
        _number = CallbackTargets<OpenSslServerContext>.Add(this);
        _certificates = new(settings, certificate => ContextOf(certificate, settings));
    }

    ~OpenSslServerContext() => CallbackTargets<OpenSslServerContext>.Remove(_number);

    /// <summary>ALPN names we speak, in our order.</summary>
    public IReadOnlyList<byte[]> Protocols { get; }

    /// <summary>Null where client certificates are asked for: there are no tickets then.</summary>
    public TicketKeys? Tickets { get; }

    /// <summary>The context of these settings. Errors: <see cref="System.Security.Cryptography.CryptographicException"/>.</summary>
    /// <param name="settings">The same object each time finds the same context.</param>
    /// <param name="time">For ticket keys of its own, if the settings bring none.</param>
    public static OpenSslServerContext Of(TlsServerSettings settings, TimeProvider time) =>
        Known.TryGetValue(settings, out var known) ? known : Known.GetValue(settings, key => new OpenSslServerContext(key, time));

    /// <summary>A session that waits for a ClientHello.</summary>
    public OpenSslSession NewSession(int descriptor, DateTimeOffset now)
    {
        var session = OpenSsl.NewSession(_certificates.Default);
        OpenSsl.BecomeServer(session);
        OpenSslCrypto.SetVerifyTime(OpenSsl.VerifyParameters(session), now.ToUnixTimeSeconds());
        return new OpenSslSession(session, descriptor);
    }

    /// <summary>The context for a name that a client asks for.</summary>
    public SafeSslContext Pick(string? serverName) => _certificates.Pick(serverName);

    private static void ApplyClientPolicy(SafeSslContext context, TlsServerSettings settings)
    {
        if (settings.ClientAuthorities is null)
        {
            _ = OpenSsl.SetTicketCount(context, TicketCount);
            return;
        }

        // A resumed session skips the check of the client's certificate, so where one is asked for, each handshake is a full one.
        _ = OpenSsl.SetTicketCount(context, 0);
        _ = OpenSsl.SetOptions(context, OpenSsl.OptionNoTicket);
        context.Trust(settings.ClientAuthorities, areTold: true);
        OpenSsl.SetVerify(context, OpenSsl.VerifyPeer | (settings.RequireClientCertificate ? OpenSsl.VerifyFailIfNone : 0), 0);
    }

    private SafeSslContext ContextOf(X509Certificate2 certificate, TlsServerSettings settings)
    {
        var context = SafeSslContext.Create(OpenSsl.ServerMethod());
        context.Use(certificate, settings.Intermediates);
        ApplyClientPolicy(context, settings);
        _ = OpenSsl.SetTicketLifetime(context, (nint)TicketKeys.TicketLifetime.TotalSeconds);
        var policy = TicketPolicy.Of(certificate, settings);
        fixed (byte* name = policy)
        {
            _ = OpenSsl.SetSessionIdContext(context, name, (uint)policy.Length);
        }

        ServerCallbacks.Set(context, _number, Protocols.Count > 0, Tickets is not null);
        return context;
    }
}
