using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Transport.Tls;

/// <summary>
/// A certificate authority of this installation, in a directory of PEM files: <c>ca.pem</c>, <c>ca.key</c> and a pair per issued name.
/// What is there and still good is used again; what is missing, soon expires or was asked for with other names is made anew.
/// </summary>
public sealed class CertificateAuthority
{
    private const string RootName = "ca";

    // The CA outlives what it signs by far: whoever imported it should not have to do so again soon.
    private static readonly TimeSpan RootLifetime = TimeSpan.FromDays(3650);

    // Apple's clients refuse server certificates that are good for more than 398 days.
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(397);

    // Renewed so long before they expire: a node that is restarted monthly never serves an expired one.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(45);

    // Clocks of cluster nodes and clients may be behind ours.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly CertificateIssuer _issuer;

    private CertificateAuthority(string directory, CertificateIssuer issuer, TimeProvider time)
    {
        _directory = directory;
        _issuer = issuer;
        _time = time;
    }

    /// <summary>The CA's certificate.</summary>
    public X509Certificate2 Root => _issuer.Root;

    /// <summary>The same as a trust list, for <see cref="TlsServerSettings.ClientAuthorities"/> and <see cref="TlsClientSettings.Authorities"/>.</summary>
    public X509Certificate2Collection Authorities => [Root];

    /// <summary>Path of the CA's certificate, to tell people what to import.</summary>
    public string RootPath => CertificatePath(_directory, RootName);

    /// <summary>Loads the CA of a directory or makes both. Errors: <see cref="CertificateFileException"/>.</summary>
    public static CertificateAuthority LoadOrCreate(string directory, TimeProvider time)
    {
        var root = TryLoad(directory, RootName);
        // A root must outlive a leaf that is signed today.
        if (root is not null && root.NotAfter.ToUniversalTime() > (time.GetUtcNow() + LeafLifetime).UtcDateTime)
        {
            return new CertificateAuthority(directory, new CertificateIssuer(root), time);
        }

        var now = time.GetUtcNow();
        var issuer = CertificateIssuer.Create("MailProxy CA " + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), now - ClockSkew, now + RootLifetime);
        Store(directory, RootName, issuer.Root);
        return new CertificateAuthority(directory, issuer, time);
    }

    /// <summary>A server certificate.</summary>
    /// <param name="name">File name (letters, digits, <c>-._</c>) and common name.</param>
    /// <param name="dnsNames">Names clients may use, wildcards allowed.</param>
    /// <param name="addresses">IP addresses clients may use.</param>
    public X509Certificate2 IssueServer(string name, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses) => LoadOrIssue(
        name,
        known => SameNames(known, dnsNames, addresses),
        (from, to) => _issuer.IssueServer(name, dnsNames, addresses, from, to));

    /// <summary>A client certificate; the common name is also the file name (letters, digits, <c>-._</c>).</summary>
    public X509Certificate2 IssueClient(string commonName) =>
        LoadOrIssue(commonName, static known => !known.Extensions.OfType<X509SubjectAlternativeNameExtension>().Any(), (from, to) => _issuer.IssueClient(commonName, from, to));

    private static bool SameNames(X509Certificate2 certificate, IReadOnlyList<string> dnsNames, IReadOnlyList<IPAddress> addresses)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is not null
            && names.EnumerateDnsNames().ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(dnsNames)
            && names.EnumerateIPAddresses().ToHashSet().SetEquals(addresses);
    }

    private static string CertificatePath(string directory, string name) => Path.Combine(directory, name + ".pem");

    private static string KeyPath(string directory, string name) => Path.Combine(directory, name + ".key");

    private static X509Certificate2? TryLoad(string directory, string name) =>
        File.Exists(CertificatePath(directory, name)) && File.Exists(KeyPath(directory, name))
            ? PemFiles.LoadWithKey(CertificatePath(directory, name), KeyPath(directory, name))
            : null;

    private static void Store(string directory, string name, X509Certificate2 certificate)
    {
        try
        {
            Directory.CreateDirectory(directory);
            using var key = certificate.GetECDsaPrivateKey()!;
            // The key first: a certificate without its key would be an error at the next start, a key alone is replaced.
            PrivateFile.Write(KeyPath(directory, name), key.ExportPkcs8PrivateKeyPem() + "\n");
            PrivateFile.Write(CertificatePath(directory, name), certificate.ExportCertificatePem() + "\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CertificateFileException($"Certificates cannot be kept in '{directory}': {exception.Message}", exception);
        }
    }

    private X509Certificate2 LoadOrIssue(string name, Func<X509Certificate2, bool> isWanted, Func<DateTimeOffset, DateTimeOffset, X509Certificate2> issue)
    {
        if (name == RootName || name.Length == 0 || name[0] == '.' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        {
            throw new ArgumentException($"'{name}' cannot be a certificate's file name.", nameof(name));
        }

        var now = _time.GetUtcNow();
        var known = TryLoadLeaf(name);
        if (known is not null && known.NotAfter.ToUniversalTime() > (now + RenewBefore).UtcDateTime && IsSignedByRoot(known, now) && isWanted(known))
        {
            return known;
        }

        known?.Dispose();
        var issued = issue(now - ClockSkew, now + LeafLifetime);
        Store(_directory, name, issued);
        return issued;
    }

    private X509Certificate2? TryLoadLeaf(string name)
    {
        try
        {
            return TryLoad(_directory, name);
        }
        catch (CertificateFileException)
        {
            // Half written when the power went: a new key beside the old certificate. It is ours to replace.
            return null;
        }
    }

    private bool IsSignedByRoot(X509Certificate2 certificate, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = ChainPolicies.For(Authorities, now) };
        return chain.Build(certificate);
    }
}
