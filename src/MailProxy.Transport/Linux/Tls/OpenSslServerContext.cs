using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailProxy.Transport.Linux.Native;
using MailProxy.Transport.Tls;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>
/// What OpenSSL derives from one <see cref="TlsServerSettings"/>, kept as long as those live: a context for each certificate, the first of which
/// picks among them by SNI. Each settings object has contexts, and so ticket keys, of its own, so a ticket is never good under another
/// client-CA policy (CVE-2025-23419).
/// </summary>
internal sealed unsafe class OpenSslServerContext
{
    // One ticket is what one reconnect needs; OpenSSL's two cost another encryption per login.
    private const nuint Tickets = 1;

    private static readonly ConditionalWeakTable<TlsServerSettings, OpenSslServerContext> Known = [];

    private readonly Dictionary<string, SafeSslContext> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly SafeSslContext _default;
    private readonly byte[][] _protocols;
    private GCHandle _self;

    private OpenSslServerContext(TlsServerSettings settings)
    {
        if (settings.Certificates.Count == 0)
        {
            throw new ArgumentException("TLS needs at least one certificate.", nameof(settings));
        }

        _protocols = [.. settings.ApplicationProtocols.Select(Encoding.ASCII.GetBytes)];
        // Weak: OpenSSL's callbacks must not keep alive what keeps OpenSSL's contexts alive.
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        var contexts = settings.Certificates.Select(certificate => ContextOf(certificate, settings)).ToList();
        _default = contexts[0];
    }

    ~OpenSslServerContext() => _self.Free();

    /// <summary>The context of these settings. Errors: <see cref="System.Security.Cryptography.CryptographicException"/>.</summary>
    public static OpenSslServerContext Of(TlsServerSettings settings) => Known.GetValue(settings, static key => new OpenSslServerContext(key));

    /// <summary>A session that waits for a ClientHello.</summary>
    public OpenSslSession NewSession(int descriptor, DateTimeOffset now)
    {
        var session = OpenSsl.NewSession(_default);
        OpenSsl.BecomeServer(session);
        OpenSslCrypto.SetVerifyTime(OpenSsl.VerifyParameters(session), now.ToUnixTimeSeconds());
        return new OpenSslSession(session, descriptor);
    }

    private static void ApplyClientPolicy(SafeSslContext context, TlsServerSettings settings)
    {
        if (settings.ClientAuthorities is null)
        {
            _ = OpenSsl.SetTicketCount(context, Tickets);
            return;
        }

        // A resumed session skips the check of the client's certificate, so where one is asked for, each handshake is a full one.
        _ = OpenSsl.SetTicketCount(context, 0);
        _ = OpenSsl.SetOptions(context, OpenSsl.OptionNoTicket);
        context.Trust(settings.ClientAuthorities, areTold: true);
        OpenSsl.SetVerify(context, OpenSsl.VerifyPeer | (settings.RequireClientCertificate ? OpenSsl.VerifyFailIfNone : 0), 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnServerName(nint session, int* alert, nint self)
    {
        var name = OpenSslLook.ServerNameOf(session);
        if (name is null || GCHandle.FromIntPtr(self).Target is not OpenSslServerContext context)
        {
            return OpenSsl.CallbackNoAcknowledge;
        }

        _ = OpenSsl.SwitchContext(session, context.Pick(name));
        return OpenSsl.CallbackOk;
    }

    // The client's list: length (1) and name, again and again (RFC 7301 3.1). Ours are tried in our order.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnApplicationProtocols(nint session, byte** chosen, byte* chosenLength, byte* offered, uint length, nint self)
    {
        if (GCHandle.FromIntPtr(self).Target is OpenSslServerContext context)
        {
            foreach (var ours in context._protocols)
            {
                for (var at = 0u; at < length && at + 1 + offered[at] <= length; at += 1u + offered[at])
                {
                    if (new ReadOnlySpan<byte>(offered + at + 1, offered[at]).SequenceEqual(ours))
                    {
                        *chosen = offered + at + 1;
                        *chosenLength = offered[at];
                        return OpenSsl.CallbackOk;
                    }
                }
            }
        }

        return OpenSsl.CallbackAlertFatal;
    }

    private SafeSslContext ContextOf(X509Certificate2 certificate, TlsServerSettings settings)
    {
        var context = SafeSslContext.Create(OpenSsl.ServerMethod());
        context.Use(certificate, settings.Intermediates);
        ApplyClientPolicy(context, settings);
        SetCallbacks(context);
        foreach (var name in CertificateNames.DnsNamesOf(certificate))
        {
            _byName.TryAdd(name, context);
        }

        return context;
    }

    private void SetCallbacks(SafeSslContext context)
    {
        var self = GCHandle.ToIntPtr(_self);
        delegate* unmanaged[Cdecl]<nint, int*, nint, int> serverName = &OnServerName;
        _ = OpenSsl.ContextCallback(context, OpenSsl.ControlServerNameCallback, (nint)serverName);
        _ = OpenSsl.ContextControl(context, OpenSsl.ControlServerNameArgument, 0, self);
        if (_protocols.Length > 0)
        {
            delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, nint, int> protocols = &OnApplicationProtocols;
            OpenSsl.SetApplicationProtocolCallback(context, (nint)protocols, self);
        }
    }

    private SafeSslContext Pick(string serverName)
    {
        if (_byName.TryGetValue(serverName, out var exact))
        {
            return exact;
        }

        // RFC 6125 6.4.3: a wildcard stands for the whole left-most label and for nothing else.
        var dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue(string.Concat("*", serverName.AsSpan(dot)), out var wildcard) ? wildcard : _default;
    }
}
