using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy.Connect;

/// <summary>How this proxy talks to stores.</summary>
public class StoreLegOptions
{
    /// <summary>Login method for stores whose catalog entry names none.</summary>
    public StoreLoginMethod Login { get; set; } = StoreLoginMethod.External;

    /// <summary>How the leg is encrypted to a store that the directory names by an address which no store of the catalog has.</summary>
    public StoreTlsMode AddressTls { get; set; } = StoreTlsMode.StartTls;

    /// <summary>Master account name, for <c>master</c>.</summary>
    public string? MasterUser { get; set; }

    /// <summary>File with the master account's password on its first line.</summary>
    public string? MasterPasswordFile { get; set; }

    /// <summary>PEM file with the private key that signs <c>token</c> logins: an elliptic curve's, P-256. It is followed.</summary>
    public string? TokenKeyFile { get; set; }

    /// <summary>Who signs them, as the stores have it in <c>Access:TokenIssuer</c>.</summary>
    public string TokenIssuer { get; set; } = "mailproxy";

    /// <summary>Tell stores the client's address and the session id (IMAP ID, POP3 XCLIENT, LMTP XCLIENT), after TLS only.</summary>
    public bool TellClientAddress { get; set; } = true;

    /// <summary>When an address of a store counts as down, and how its users come back.</summary>
    public StoreHealthOptions Health { get; set; } = new();

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        foreach (var error in Health.Validate($"{path}:{nameof(Health)}"))
        {
            yield return error;
        }

        if (Login == StoreLoginMethod.Master && string.IsNullOrEmpty(MasterUser))
        {
            yield return $"{path}:MasterUser: login is 'master', so name the proxy's account at the stores.";
        }

        if (Login == StoreLoginMethod.Token && string.IsNullOrEmpty(TokenKeyFile))
        {
            yield return $"{path}:TokenKeyFile: login is 'token', so name the file with the key that signs them (docs/store-login.md).";
        }

        if (!string.IsNullOrEmpty(TokenKeyFile) && TokenKeyProblem() is { } problem)
        {
            yield return $"{path}:TokenKeyFile: {problem}";
        }

        if (TokenIssuer.Length == 0 || TokenIssuer.Any(char.IsControl))
        {
            yield return $"{path}:TokenIssuer: name the issuer as the stores do in Access:TokenIssuer ('mailproxy' where nothing is said).";
        }

        if (!string.IsNullOrEmpty(MasterUser) && string.IsNullOrEmpty(MasterPasswordFile))
        {
            yield return $"{path}:MasterPasswordFile: name the file that holds the password of '{MasterUser}'.";
        }

        if (!string.IsNullOrEmpty(MasterPasswordFile) && !File.Exists(MasterPasswordFile))
        {
            yield return $"{path}:MasterPasswordFile: there is no file '{MasterPasswordFile}'.";
        }
    }

    private string? TokenKeyProblem()
    {
        try
        {
            PemKeys.LoadPrivate(TokenKeyFile!).Dispose();
            return null;
        }
        catch (CertificateFileException exception)
        {
            return exception.Message;
        }
    }
}
