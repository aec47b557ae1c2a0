using System.DirectoryServices.Protocols;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;

namespace MailProxy.Directory.Ldap;

/// <summary>
/// The socket below a connection, to end a call that does not end by itself. The package hands libldap a time limit of two ints where it reads two longs (struct
/// timeval), so a search waits for as many microseconds as happen to stand behind them. A socket that is shut down wakes it at once, and a descriptor of
/// our own (dup(2)) never is another connection's.
/// </summary>
internal static class LdapSocket
{
    private static readonly FieldInfo? Handle = typeof(LdapConnection).GetField("_ldapHandle", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>A second descriptor of a connection's socket; null while it has none.</summary>
    /// <exception cref="LdapFaultException">The package has changed and does not give it away: a call could then last for ever.</exception>
    public static Socket? Of(LdapConnection connection)
    {
        if (Handle?.GetValue(connection) is not SafeHandle handle)
        {
            throw new LdapFaultException(LdapFault.Unreachable, "the connection's handle cannot be told, and without it a call might never end");
        }

        var descriptor = LibLdap.DescriptorOf(handle.DangerousGetHandle());
        if (descriptor < 0)
        {
            return null;
        }

        var second = Duplicate(descriptor);
        return second < 0
            ? throw new LdapFaultException(LdapFault.Unreachable, "no descriptor is left for a connection")
            : new Socket(new SafeSocketHandle(second, ownsHandle: true));
    }

    [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int descriptor);
}
