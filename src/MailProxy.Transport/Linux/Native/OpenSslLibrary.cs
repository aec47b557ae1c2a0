using System.Reflection;
using System.Runtime.InteropServices;

namespace MailProxy.Transport.Linux.Native;

/// <summary>Judges the OpenSSL of this system before the first handshake does.</summary>
internal static class OpenSslLibrary
{
    private const string Advice = "install OpenSSL 3 (on Debian the package libssl3) or use Transport: portable.";

    // OPENSSL_VERSION_NUMBER of 3.0.0: major (4 bits), minor (8), zero (8), patch (8), zero (4).
    private const ulong Oldest = 0x3000_0000;

    private static readonly Type[] Bindings = [typeof(OpenSsl), typeof(OpenSslCrypto)];

    /// <summary>Names of what is called, by file, each once; read from the bindings themselves, so that nothing is forgotten.</summary>
    public static IReadOnlyList<(string Library, string Name)> Entries { get; } =
    [
        .. (from binding in Bindings
            from method in binding.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            let import = method.GetCustomAttribute<DllImportAttribute>()
            where import is not null
            select (import.Value, import.EntryPoint ?? method.Name)).Distinct(),
    ];

    /// <summary>Null when it can be used; otherwise one sentence for the operator.</summary>
    public static string? Find()
    {
        var loaded = new Dictionary<string, nint>();
        foreach (var library in new[] { OpenSsl.Name, OpenSslCrypto.Name })
        {
            if (!NativeLibrary.TryLoad(library, out var handle))
            {
                return $"{library} was not found; {Advice}";
            }

            loaded[library] = handle;
        }

        return ProblemWith((library, name) => NativeLibrary.TryGetExport(loaded[library], name, out _), OpenSslCrypto.Version)
            ?? (OpenSsl.Init(OpenSsl.InitNoAtExit, 0) == 1 ? null : $"OpenSSL does not start (see its configuration, openssl.cnf); {Advice}");
    }

    /// <summary>The same for a library that has certain functions and tells a version.</summary>
    public static string? ProblemWith(Func<string, string, bool> has, Func<ulong> version)
    {
        // The functions first: the one that tells the version is one of them.
        var missing = Entries.Where(entry => !has(entry.Library, entry.Name)).Select(entry => entry.Name).ToList();
        if (missing.Count > 0)
        {
            return $"This system's OpenSSL lacks {missing[0]}{(missing.Count > 1 ? $" and {missing.Count - 1} more" : "")}; {Advice}";
        }

        var number = version();
        return number >= Oldest ? null : $"This system's OpenSSL is version {number >> 28}.{(number >> 20) & 0xFF}; {Advice}";
    }
}
