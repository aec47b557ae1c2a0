using System.Text;
using MailProxy.Directory;
using MailProxy.Proxy.Connect;

namespace MailProxy.Nodes;

/// <summary>Reads the password of the proxy's own account at the stores.</summary>
internal static class MasterAccountFile
{
    /// <summary>Null when none is configured.</summary>
    public static MasterAccount? Load(StoreLegOptions options) => string.IsNullOrEmpty(options.MasterUser)
        ? null
        : new MasterAccount(options.MasterUser, new Secret(Encoding.UTF8.GetBytes(File.ReadLines(options.MasterPasswordFile!).FirstOrDefault("").TrimEnd())));
}
