using System.Security.Cryptography;
using System.Text;

namespace MailProxy.Directory.Proofs;

/// <summary>
/// Prepares a password for SCRAM as its client does (SASLprep, RFC 4013 2.1): blanks of all kinds become one, and what is not seen goes. Not by NFKC
/// (2.2): the process runs without ICU (InvariantGlobalization), where .NET leaves all but ASCII as it is, so a password must be stored in that form. What SASLprep
/// prohibits is not looked for: a password is not refused for it here.
/// </summary>
internal static class SaslPrep
{
    // RFC 3454 B.1, "commonly mapped to nothing".
    private static readonly char[] Unseen = ['\u00AD', '\u034F', '\u1806', '\u180B', '\u180C', '\u180D', '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF'];

    /// <summary>A copy; the caller clears it.</summary>
    /// <param name="password">UTF-8 octets.</param>
    public static byte[] Prepare(ReadOnlySpan<byte> password)
    {
        if (Ascii.IsValid(password))
        {
            return password.ToArray();
        }

        var characters = new char[Encoding.UTF8.GetCharCount(password)];
        var length = 0;
        foreach (var character in Encoding.UTF8.GetString(password))
        {
            if (Array.IndexOf(Unseen, character) < 0 && character is not (>= '\uFE00' and <= '\uFE0F'))
            {
                // RFC 3454 C.1.2.
                characters[length++] = character is '\u00A0' or '\u1680' or (>= '\u2000' and <= '\u200A') or '\u202F' or '\u205F' or '\u3000' ? ' ' : character;
            }
        }

        var prepared = Encoding.UTF8.GetBytes(characters, 0, length);
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(characters.AsSpan()));
        return prepared;
    }
}
