using System.Globalization;
using System.Text.RegularExpressions;

namespace MailProxy.Directory.Passwords;

/// <summary>The grammar of crypt(5), as far as it is accepted here, and its costs.</summary>
internal static partial class CryptSetting
{
    /// <summary>Which method wrote it; Unknown too if its cost is above <see cref="PasswordLimits"/> or its form is wrong.</summary>
    public static CryptMethod Recognize(string value)
    {
        if (Des().IsMatch(value))
        {
            return CryptMethod.Des;
        }

        if (Md5().IsMatch(value))
        {
            return CryptMethod.Md5;
        }

        if (Yescrypt().IsMatch(value))
        {
            return CryptMethod.Yescrypt;
        }

        if (Bcrypt().Match(value) is { Success: true } bcrypt)
        {
            return Number(bcrypt) is >= 4 and <= PasswordLimits.BcryptCost ? CryptMethod.Bcrypt : CryptMethod.Unknown;
        }

        if (Sha().Match(value) is { Success: true } sha)
        {
            CryptMethod method = (value[1], sha.Groups["hash"].Length) switch
            {
                ('5', 43) => CryptMethod.Sha256,
                ('6', 86) => CryptMethod.Sha512,
                _ => CryptMethod.Unknown,
            };
            bool affordable = !sha.Groups["n"].Success || Number(sha) is >= 1000 and <= PasswordLimits.ShaCryptRounds;
            return affordable ? method : CryptMethod.Unknown;
        }

        return CryptMethod.Unknown;
    }

    /// <summary>A cheap setting of the method, to ask the library whether it knows it.</summary>
    public static string Probe(CryptMethod method) => method switch
    {
        CryptMethod.Des => "ab",
        CryptMethod.Md5 => "$1$abcdefgh$",
        CryptMethod.Sha256 => "$5$rounds=1000$abcdefgh$",
        CryptMethod.Sha512 => "$6$rounds=1000$abcdefgh$",
        CryptMethod.Bcrypt => "$2y$04$abcdefghijklmnopqrstuu",
        CryptMethod.Yescrypt => "$y$j75$abcdefgh1234./",
        _ => "*",
    };

    private static int Number(Match match) =>
        int.TryParse(match.Groups["n"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;

    // For passwords beyond eight octets slappasswd gets eleven characters more per further eight (libxcrypt's bigcrypt), 178 at most.
    [GeneratedRegex(@"^[./0-9A-Za-z]{13}([./0-9A-Za-z]{11}){0,15}\z")]
    private static partial Regex Des();

    [GeneratedRegex(@"^\$1\$[^$:\s]{0,8}\$[./0-9A-Za-z]{22}\z")]
    private static partial Regex Md5();

    [GeneratedRegex(@"^\$[56]\$(rounds=(?<n>[1-9][0-9]{0,8})\$)?[^$:\s]{0,16}\$(?<hash>[./0-9A-Za-z]+)\z")]
    private static partial Regex Sha();

    [GeneratedRegex(@"^\$2[aby]\$(?<n>[0-9]{2})\$[./0-9A-Za-z]{53}\z")]
    private static partial Regex Bcrypt();

    // Flavour j, N = 2^(7..14), r = 8 (5) or 32 (T): 64 MiB at most; Debian writes j9T, 16 MiB.
    [GeneratedRegex(@"^\$y\$j[4-9AB][5T]\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43}\z")]
    private static partial Regex Yescrypt();
}
