using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>Picks what belongs to a certificate by the name that a client asks for (SNI).</summary>
/// <typeparam name="T">What a TLS library makes of a certificate.</typeparam>
internal sealed class CertificateTable<T>
{
    private readonly Dictionary<string, T> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One entry for each certificate, at least one.</summary>
    public CertificateTable(TlsServerSettings settings, Func<X509Certificate2, T> make)
    {
        if (settings.Certificates.Count == 0)
        {
            throw new ArgumentException("TLS needs at least one certificate.", nameof(settings));
        }

        var all = settings.Certificates.Select(certificate => (certificate, made: make(certificate))).ToList();
        Default = all[0].made;
        foreach (var (certificate, made) in all)
        {
            foreach (var name in CertificateNames.DnsNamesOf(certificate))
            {
                _byName.TryAdd(name, made);
            }
        }
    }

    /// <summary>The first certificate's: for clients that ask for no name of ours.</summary>
    public T Default { get; }

    /// <summary>The entry for a name; null means that the client asked for none.</summary>
    public T Pick(string? serverName)
    {
        if (serverName is null)
        {
            return Default;
        }

        if (_byName.TryGetValue(serverName, out var exact))
        {
            return exact;
        }

        // RFC 6125 6.4.3: a wildcard stands for the whole left-most label and for nothing else.
        var dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue(string.Concat("*", serverName.AsSpan(dot)), out var wildcard) ? wildcard : Default;
    }
}
