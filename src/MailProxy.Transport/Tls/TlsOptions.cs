using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>TLS of a listener, as configured.</summary>
public sealed class TlsOptions
{
    /// <summary>PEM: the default certificate first, then the intermediates to send with it.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM private key without passphrase; null: it is in <see cref="Certificate"/> too.</summary>
    public string? Key { get; set; }

    /// <summary>Further certificates, chosen by the name that a client asks for (SNI).</summary>
    public List<CertificateFiles> Additional { get; } = [];

    /// <summary>PEM file of the CAs that client certificates are verified against; null: none is asked for.</summary>
    public string? ClientAuthorities { get; set; }

    /// <summary>Refuse clients without a verified certificate.</summary>
    public bool RequireClientCertificate { get; set; }

    /// <summary>
    /// File of the keys of session tickets that all nodes share: records of 80 octets as in nginx's ssl_session_ticket_key, the first seals; null:
    /// random ones of this process.
    /// </summary>
    public string? TicketKeys { get; set; }

    /// <summary>Every file that is named.</summary>
    internal IEnumerable<string> Files =>
        Additional.Prepend(Default).SelectMany(files => new[] { files.Certificate, files.Key }).Concat([ClientAuthorities, TicketKeys]).OfType<string>();

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        var errors = Default.Validate(path).ToList();
        for (var i = 0; i < Additional.Count; i++)
        {
            errors.AddRange(Additional[i].Validate($"{path}:Additional:{i}"));
        }

        if (RequireClientCertificate && ClientAuthorities is null)
        {
            errors.Add($"{path}:ClientAuthorities: client certificates are required, so name the PEM file of the CAs that sign them.");
        }

        if (ClientAuthorities is not null)
        {
            try
            {
                PemFiles.LoadCertificates(ClientAuthorities);
            }
            catch (CertificateFileException exception)
            {
                errors.Add($"{path}:ClientAuthorities: {exception.Message}");
            }
        }

        if (TicketKeys is not null)
        {
            try
            {
                Tickets.TicketKeys.Load(TicketKeys).Dispose();
            }
            catch (CertificateFileException exception)
            {
                errors.Add($"{path}:TicketKeys: {exception.Message}");
            }
        }

        return errors;
    }

    /// <summary>Reads the files. Errors: <see cref="CertificateFileException"/>.</summary>
    /// <param name="applicationProtocols">ALPN names of the protocol, e.g. <c>imap</c>.</param>
    public TlsServerSettings Load(IReadOnlyList<string> applicationProtocols)
    {
        var intermediates = new X509Certificate2Collection();
        var certificates = new List<X509Certificate2>();
        foreach (var files in Additional.Prepend(Default))
        {
            var path = files.Certificate ?? throw new CertificateFileException("TLS is configured without a certificate.");
            certificates.Add(PemFiles.LoadWithKey(path, files.Key ?? path));
            intermediates.AddRange(PemFiles.LoadIntermediates(path) ?? []);
        }

        return new TlsServerSettings(
            certificates,
            applicationProtocols,
            ClientAuthorities is null ? null : PemFiles.LoadCertificates(ClientAuthorities),
            RequireClientCertificate,
            intermediates.Count == 0 ? null : intermediates);
    }

    private CertificateFiles Default => new() { Certificate = Certificate, Key = Key };
}
