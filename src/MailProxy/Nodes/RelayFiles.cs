using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Relay;
using MailProxy.Transport.Tls;

namespace MailProxy.Nodes;

/// <summary>Reads what the leg to relays needs.</summary>
internal static class RelayFiles
{
    /// <summary>Errors: <see cref="CertificateFileException"/>, IOException.</summary>
    public static RelayAccess Load(RelayOptions options) => options is { Authorities.Length: 0, User.Length: 0 } ? RelayAccess.None : new RelayAccess(
        new StoreTlsIdentity(options.Authorities.Length == 0 ? null : PemFiles.LoadCertificates(options.Authorities), null),
        options.User.Length == 0 ? null : MasterAccountFile.Read(options.User, options.PasswordFile));
}
