using System.Text.RegularExpressions;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>RFC 5321 4.1.3, its ABNF taken by hand: what is an IPv4 or IPv6 address.</summary>
internal static partial class AddressOracle
{
    /// <summary>Snum 3("." Snum), each at most 255. Leading zeros, which some take for octal, are not ours.</summary>
    public static bool IsIPv4(string text) => Dotted().IsMatch(text) && text.Split('.').All(number => int.Parse(number) <= 255);

    /// <summary>IPv6-full, IPv6-comp, IPv6v4-full or IPv6v4-comp.</summary>
    public static bool IsIPv6(string text)
    {
        // The tail in dotted form stands for two groups.
        var colon = text.LastIndexOf(':');
        var tail = text[(colon + 1)..];
        if (colon >= 0 && tail.Contains('.'))
        {
            if (!IsIPv4(tail))
            {
                return false;
            }

            text = $"{text[..(colon + 1)]}0:0";
        }

        var halves = text.Split("::");
        var groups = halves.Select(half => half.Length == 0 ? [] : half.Split(':')).ToArray();
        return halves.Length <= 2
            && groups.All(half => half.All(group => Group().IsMatch(group)))
            && (halves.Length == 2 ? groups.Sum(half => half.Length) <= 7 : groups[0].Length == 8);
    }

    [GeneratedRegex(@"\A(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}\z")]
    private static partial Regex Dotted();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{1,4}\z")]
    private static partial Regex Group();
}
