using MailProxy.Proxy.StoreLogin;
using MailProxy.Routing.Catalog;

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

    /// <summary>Tell stores the client's address and the session id (IMAP ID, POP3 XCLIENT, LMTP XCLIENT), after TLS only.</summary>
    public bool TellClientAddress { get; set; } = true;

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Login == StoreLoginMethod.Master && string.IsNullOrEmpty(MasterUser))
        {
            yield return $"{path}:MasterUser: login is 'master', so name the proxy's account at the stores.";
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
}
