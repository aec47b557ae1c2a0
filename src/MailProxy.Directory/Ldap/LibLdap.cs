using System.DirectoryServices.Protocols;
using System.Runtime.InteropServices;

namespace MailProxy.Directory.Ldap;

/// <summary>
/// What System.DirectoryServices.Protocols does not offer of OpenLDAP's libldap: time limits of connecting and binding, StartTLS before a bind, and that
/// certificates are verified whatever ldap.conf or the environment say. A new handle takes these over from the library's global options (ldap_get_option(3)), so they are
/// set and the handle is made under one lock.
/// </summary>
internal static class LibLdap
{
    // ldap.h
    private const int OptionDescriptor = 0x0001;
    private const int OptionProtocolVersion = 0x0011;
    private const int OptionTimeout = 0x5002;
    private const int OptionNetworkTimeout = 0x5005;
    private const int OptionUri = 0x5006;
    private const int OptionRequireCertificate = 0x6006;
    private const int OptionTlsMinimum = 0x6007;
    private const int Demand = 2;
    private const int Tls12 = (3 << 8) + 3;

    // As System.DirectoryServices.Protocols looks for it, and in its order: both must find the same one.
    private static readonly string[] Names = OperatingSystem.IsMacOS() ? ["libldap.dylib"] : ["libldap.so.2", "libldap-2.6.so.0", "libldap-2.5.so.0", "libldap-2.4.so.2"];
    private static readonly Lock Gate = new();
    private static readonly nint Function = Find("ldap_set_option");
    private static readonly SetNumber? OfNumber = Function == 0 ? null : Marshal.GetDelegateForFunctionPointer<SetNumber>(Function);
    private static readonly SetText? OfText = Function == 0 ? null : Marshal.GetDelegateForFunctionPointer<SetText>(Function);
    private static readonly SetTime? OfTime = Function == 0 ? null : Marshal.GetDelegateForFunctionPointer<SetTime>(Function);
    private static readonly GetNumber? Number = Function == 0 ? null : Marshal.GetDelegateForFunctionPointer<GetNumber>(Find("ldap_get_option"));

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int GetNumber(nint handle, int option, ref int value);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetNumber(nint handle, int option, ref int value);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetText(nint handle, int option, [MarshalAs(UnmanagedType.LPUTF8Str)] string value);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetTime(nint handle, int option, ref TimeValue value);

    /// <summary>Null when it is there; otherwise what to install.</summary>
    public static string? Problem => Function != 0 ? null : OperatingSystem.IsWindows()
        ? "the ldap provider needs OpenLDAP's client library, which there is for Linux and macOS only"
        : "OpenLDAP's client library is not installed (Debian 12: libldap-2.5-0; later ones: libldap2)";

    /// <summary>A handle with these limits; nothing is connected yet.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="connect">For a TCP connection and its TLS handshake, each.</param>
    /// <param name="operation">For a bind and for StartTLS.</param>
    public static LdapConnection Create(LdapServerAddress server, TimeSpan connect, TimeSpan operation)
    {
        lock (Gate)
        {
            Set(OptionNetworkTimeout, connect);
            Set(OptionTimeout, operation);
            Set(OptionRequireCertificate, Demand);
            Set(OptionTlsMinimum, Tls12);
            Set(OptionProtocolVersion, 3);
            // The package names the server only when it binds, and StartTLS comes before.
            Check(OptionUri, OfText?.Invoke(0, OptionUri, server.ToString()));
            return new LdapConnection(new LdapDirectoryIdentifier(server.Host, server.Port), null, AuthType.Basic);
        }
    }

    /// <summary>The descriptor of a handle's socket; negative if it has none.</summary>
    public static int DescriptorOf(nint handle)
    {
        var descriptor = -1;
        return Number?.Invoke(handle, OptionDescriptor, ref descriptor) == 0 ? descriptor : -1;
    }

    private static void Set(int option, TimeSpan limit)
    {
        var value = new TimeValue((nint)limit.TotalSeconds, limit.Milliseconds * 1000);
        Check(option, OfTime?.Invoke(0, option, ref value));
    }

    private static void Set(int option, int value) => Check(option, OfNumber?.Invoke(0, option, ref value));

    private static void Check(int option, int? result)
    {
        if (result is null)
        {
            throw new LdapFaultException(LdapFault.Unreachable, Problem!);
        }

        if (result != 0)
        {
            throw new LdapFaultException(LdapFault.Unreachable, $"libldap refuses its option 0x{option:x} ({result})");
        }
    }

    private static nint Find(string export)
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, export, out var function))
            {
                return function;
            }
        }

        return 0;
    }

    // struct timeval: two longs on every Unix of 64 bits.
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeValue(nint seconds, nint microseconds)
    {
        public nint Seconds = seconds;
        public nint Microseconds = microseconds;
    }
}
