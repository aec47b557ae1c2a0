using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Passwords;

/// <summary>The system's crypt_r(3), loaded when the first {CRYPT} hash is read. Thread-safe.</summary>
internal static class LibCrypt
{
    // libxcrypt's struct crypt_data has 32,768 octets, that of glibc before 2.38 has 131,232: enough for both.
    private const int DataOctets = 160 * 1024;

    // One buffer holds the password, the setting and the library's scratch space, each ended by zeros.
    private const int SettingAt = PasswordLimits.CryptPasswordOctets + 1;
    private const int DataAt = SettingAt + PasswordLimits.StoredCharacters + 16;

    // libxcrypt's CRYPT_OUTPUT_SIZE; glibc's results are shorter.
    private const int ResultOctets = 384;

    // Debian, Ubuntu, SUSE; then Fedora, Arch.
    private static readonly string[] FileNames = ["libcrypt.so.1", "libcrypt.so.2"];

    private static readonly Lazy<CryptR?> Function = new(Load);
    private static readonly ConcurrentDictionary<CryptMethod, bool> Known = new();

    // As many as verifications ever ran at once; each is clean when it lies here.
    private static readonly ConcurrentBag<byte[]> Buffers = [];

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint CryptR(nint phrase, nint setting, nint data);

    /// <summary>The library is there and knows the method.</summary>
    public static bool Supports(CryptMethod method) =>
        Function.Value is not null
        && Known.GetOrAdd(method, m => Hash("probe"u8, Encoding.ASCII.GetBytes(CryptSetting.Probe(m))) is not null);

    /// <summary>For the operator: why <see cref="Supports"/> says no.</summary>
    public static string Why(CryptMethod method) => Function.Value is null
        ? $"crypt(3) was not found (tried {string.Join(", ", FileNames)}; on Debian the package is libcrypt1)"
        : $"this system's crypt(3) does not know {method}";

    /// <summary>What crypt_r(3) makes of the password; null if it cannot (unknown method, no memory).</summary>
    /// <param name="password">Without NUL, at most <see cref="PasswordLimits.CryptPasswordOctets"/>.</param>
    /// <param name="setting">A stored hash or the beginning of one, without NUL, at most <see cref="PasswordLimits.StoredCharacters"/>.</param>
    public static byte[]? Hash(ReadOnlySpan<byte> password, byte[] setting)
    {
        if (Function.Value is not { } crypt)
        {
            return null;
        }

        // Pinned, so that the collector leaves no copies of the password behind.
        byte[] memory = Buffers.TryTake(out byte[]? used) ? used : GC.AllocateArray<byte>(DataAt + DataOctets, pinned: true);
        try
        {
            password.CopyTo(memory);
            setting.CopyTo(memory, SettingAt);
            nint start = Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
            nint result = crypt(start, start + SettingAt, start + DataAt);
            return result == 0 ? null : Result(result);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(memory);
            Buffers.Add(memory);
        }
    }

    private static byte[]? Result(nint text)
    {
        var octets = new List<byte>(128);
        while (octets.Count < ResultOctets && Marshal.ReadByte(text, octets.Count) is var octet and not 0)
        {
            octets.Add(octet);
        }

        // "*0" and "*1" are how crypt(3) says that it failed.
        return octets.Count == 0 || octets[0] == (byte)'*' ? null : [.. octets];
    }

    private static CryptR? Load()
    {
        foreach (string fileName in FileNames)
        {
            if (NativeLibrary.TryLoad(fileName, out nint library) && NativeLibrary.TryGetExport(library, "crypt_r", out nint function))
            {
                return Marshal.GetDelegateForFunctionPointer<CryptR>(function);
            }
        }

        return null;
    }
}
