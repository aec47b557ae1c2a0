using MailProxy.Store.Access.Tokens;
using MailProxy.Transport.Tls;

namespace MailProxy.Store.Access;

/// <summary>Who may act for users at this store: its proxies, by certificate, by tokens that they sign, or by a master account, and nobody else.</summary>
public sealed class AccessOptions
{
    /// <summary>Names of trusted client certificates: a common name of the subject, or a DNS name. The certificate must also verify against the listener's client CAs.</summary>
    public List<string> TrustedClients { get; } = [];

    /// <summary>Names of other stores' certificates: they may read the mail of users who move there, and nothing else. Verified as those of <see cref="TrustedClients"/>.</summary>
    public List<string> TrustedStores { get; } = [];

    /// <summary>Account that may log in as any user by SASL PLAIN with an authorization identity; empty: there is none.</summary>
    public string MasterUser { get; set; } = "";

    /// <summary>File with the master account's password on its first line.</summary>
    public string MasterPasswordFile { get; set; } = "";

    /// <summary>PEM file with the public keys of proxies' tokens, several while a key is being changed; empty: no tokens are taken. It is followed.</summary>
    public string TokenKeysFile { get; set; } = "";

    /// <summary>The issuer that tokens must name: the proxies' <c>Stores:TokenIssuer</c>.</summary>
    public string TokenIssuer { get; set; } = StoreToken.DefaultIssuer;

    /// <summary>For tests on one machine: the master login and tokens also in clear, and mail (LMTP) and XCLIENT from loopback peers without a certificate.</summary>
    public bool AllowClearText { get; set; }

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (TrustedClients.Count == 0 && MasterUser.Length == 0 && TokenKeysFile.Length == 0 && !AllowClearText)
        {
            yield return $"{path}:TrustedClients: nobody could log in; name the proxies' certificates here, or a TokenKeysFile, or a MasterUser.";
        }

        for (var index = 0; index < TrustedClients.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(TrustedClients[index]))
            {
                yield return $"{path}:TrustedClients:{index}: give the common name or DNS name of a proxy's certificate.";
            }
        }

        for (var index = 0; index < TrustedStores.Count; index++)
        {
            if (string.IsNullOrWhiteSpace(TrustedStores[index]))
            {
                yield return $"{path}:TrustedStores:{index}: give the common name or DNS name of a store's certificate.";
            }
        }

        if (MasterUser.Any(char.IsControl))
        {
            yield return $"{path}:MasterUser: the name holds control characters.";
        }

        if (MasterUser.Length > 0 && MasterPasswordFile.Length == 0)
        {
            yield return $"{path}:MasterPasswordFile: name the file that holds the password of '{MasterUser}'.";
        }

        if (MasterUser.Length == 0 && MasterPasswordFile.Length > 0)
        {
            yield return $"{path}:MasterUser: there is a MasterPasswordFile, so name the account it belongs to.";
        }

        if (MasterUser.Length > 0 && MasterPasswordFile.Length > 0 && MasterAccount.FindProblem(MasterPasswordFile) is { } problem)
        {
            yield return $"{path}:MasterPasswordFile: {problem}";
        }

        if (TokenKeysFile.Length > 0 && KeysProblem() is { } keysProblem)
        {
            yield return $"{path}:TokenKeysFile: {keysProblem}";
        }

        if (TokenIssuer.Length == 0 || TokenIssuer.Any(char.IsControl))
        {
            yield return $"{path}:TokenIssuer: name the issuer as the proxies do in Stores:TokenIssuer ('{StoreToken.DefaultIssuer}' where nothing is said).";
        }
    }

    private string? KeysProblem()
    {
        try
        {
            StoreTokenVerifier.LoadKeys(TokenKeysFile);
            return null;
        }
        catch (CertificateFileException exception)
        {
            return exception.Message;
        }
    }
}
