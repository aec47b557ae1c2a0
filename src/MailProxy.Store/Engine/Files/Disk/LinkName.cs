namespace MailProxy.Store.Engine.Files.Disk;

/// <summary>
/// The name of a message's link: its number in eight base-32 digits (RFC 4648 base32hex, lower case, so that names sort as numbers do).
/// Each two digits but the last are a folder: <c>00/00/1k/00001kv3</c>. Numbers are given in order, so a folder never holds more than
/// 1,024 entries, and messages that arrive together share one folder and its fsync.
/// </summary>
internal static class LinkName
{
    /// <summary>Numbers are below this: 2^40, a thousand a second for 34 years.</summary>
    public const ulong Limit = 1UL << (Digits * BitsPerDigit);

    /// <summary>Links in one folder.</summary>
    public const ulong PerFolder = 1UL << (2 * BitsPerDigit);

    private const int Digits = 8;
    private const int BitsPerDigit = 5;
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";

    /// <summary>The eight digits.</summary>
    public static string Format(ulong number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Limit);
        return string.Create(Digits, number, static (span, rest) =>
        {
            for (int i = span.Length - 1; i >= 0; i--)
            {
                span[i] = Alphabet[(int)(rest & 31)];
                rest >>= BitsPerDigit;
            }
        });
    }

    /// <summary>The three folders, outermost first, as one relative path.</summary>
    public static string Folder(ulong number)
    {
        string name = Format(number);
        return Path.Combine(name[..2], name[2..4], name[4..6]);
    }

    /// <summary>Reads eight digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out ulong number)
    {
        number = 0;
        if (name.Length != Digits)
        {
            return false;
        }

        foreach (char digit in name)
        {
            int value = Alphabet.IndexOf(digit, StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            number = (number << BitsPerDigit) | (uint)value;
        }

        return true;
    }
}
