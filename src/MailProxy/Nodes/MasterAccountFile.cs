using System.Text;
using MailProxy.Directory;
using MailProxy.Proxy.Connect;

namespace MailProxy.Nodes;

/// <summary>Reads the passwords of the proxy's own accounts, at stores and at relays.</summary>
internal static class MasterAccountFile
{
    /// <summary>Null when none is configured.</summary>
    public static MasterAccount? Load(StoreLegOptions options) => string.IsNullOrEmpty(options.MasterUser)
        ? null
        : Read(options.MasterUser, options.MasterPasswordFile!);

    /// <summary>The account whose password stands on the first line of a file. Errors: IOException.</summary>
    public static MasterAccount Read(string user, string file) => new(user, new Secret(Encoding.UTF8.GetBytes(File.ReadLines(file).FirstOrDefault("").TrimEnd())));
}
