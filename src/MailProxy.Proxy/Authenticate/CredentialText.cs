using System.Text;
using System.Text.Unicode;

namespace MailProxy.Proxy.Authenticate;

/// <summary>Judges names and passwords before they become anything else: control characters are refused before they reach a log, a directory or a store.</summary>
internal static class CredentialText
{
    private const int NameLimit = 255;
    private const int PasswordLimit = 8_192;

    /// <summary>A user name: 1 to 255 octets of UTF-8 without control characters.</summary>
    public static bool TryName(ReadOnlySpan<byte> octets, out string name)
    {
        name = "";
        if (octets.Length is 0 or > NameLimit || !IsClean(octets))
        {
            return false;
        }

        name = Encoding.UTF8.GetString(octets);
        return !name.Any(char.IsControl);
    }

    /// <summary>A password: 1 to 8,192 octets of UTF-8 without control characters.</summary>
    public static bool IsPassword(ReadOnlySpan<byte> octets) => octets.Length is > 0 and <= PasswordLimit && IsClean(octets);

    private static bool IsClean(ReadOnlySpan<byte> octets) =>
        octets.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0 && !octets.Contains((byte)0x7F) && Utf8.IsValid(octets);
}
