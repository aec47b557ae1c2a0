using System.Collections.Concurrent;
using System.Net.Security;

namespace MailProxy.Transport.Tls;

/// <summary>
/// The TLS of listeners as it is now. A reload replaces it for the handshakes to come; whoever has begun one keeps what it began with.
/// Safe for use by several threads.
/// </summary>
/// <param name="settings">The first; their application protocols are of those who take <see cref="Current"/>.</param>
public sealed class ServerTls(TlsServerSettings settings)
{
    private volatile Generation _generation = new(settings);

    /// <summary>What a handshake takes that begins now. The same object until it is replaced: transports keep what they derive from it.</summary>
    public TlsServerSettings Current => _generation.Settings;

    /// <summary>The same with the one ALPN name of a protocol, e.g. <c>imap</c>; the same object each time, too.</summary>
    public TlsServerSettings For(string applicationProtocol) => _generation.For(applicationProtocol);

    /// <summary>The certificate for a name that a client asks for (null: none), with its intermediates, for servers that bring their own SslStream.</summary>
    public SslStreamCertificateContext CertificateFor(string? serverName) => ServerTlsContext.Of(Current).Pick(serverName);

    /// <summary>From now on these.</summary>
    public void Replace(TlsServerSettings next) => _generation = new(next);

    private sealed class Generation(TlsServerSettings settings)
    {
        private readonly ConcurrentDictionary<string, TlsServerSettings> _byProtocol = new(StringComparer.Ordinal);

        public TlsServerSettings Settings => settings;

        public TlsServerSettings For(string applicationProtocol) =>
            _byProtocol.GetOrAdd(applicationProtocol, static (name, all) => all with { ApplicationProtocols = [name] }, settings);
    }
}
