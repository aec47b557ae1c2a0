using System.Text.RegularExpressions;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>The argument of XCLIENT as Postfix describes it.</summary>
internal static partial class XclientOracle
{
    /// <summary>Null: refused. Otherwise what is known, by name.</summary>
    public static IEnumerable<(string Name, string Value)>? Read(string text)
    {
        var match = Whole().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var known = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, encoded) in match.Groups["name"].Captures.Zip(match.Groups["value"].Captures, (name, value) => (name.Value.ToUpperInvariant(), value.Value)))
        {
            var value = Unknown().IsMatch(encoded) ? "" : XtextOracle.Decode(encoded);
            if (value is null || value.Length > 512 || value.Any(char.IsControl) || !known.TryAdd(name, value))
            {
                return null;
            }
        }

        return known.Count <= 16 && IsEmptyOr(known, "ADDR", IsAddress) && IsEmptyOr(known, "DESTADDR", IsAddress) && IsEmptyOr(known, "PORT", IsPort) && IsEmptyOr(known, "DESTPORT", IsPort)
            && IsEmptyOr(known, "TTL", ttl => IsNumber(ttl, 255))
            ? known.Where(attribute => attribute.Value.Length > 0).Select(attribute => (attribute.Key, attribute.Value))
            : null;
    }

    private static bool IsEmptyOr(SortedDictionary<string, string> known, string name, Predicate<string> rule) =>
        !known.TryGetValue(name, out var value) || value.Length == 0 || rule(value);

    private static bool IsAddress(string text) => text.StartsWith("IPV6:", StringComparison.OrdinalIgnoreCase)
        ? AddressOracle.IsIPv6(text[5..])
        : AddressOracle.IsIPv4(text) || AddressOracle.IsIPv6(text);

    private static bool IsPort(string text) => IsNumber(text, 65_535);

    private static bool IsNumber(string text, int most) => Digits().IsMatch(text) && System.Numerics.BigInteger.Parse(text) <= most;

    [GeneratedRegex(@"\A *(?<name>[A-Za-z\-]+)=(?<value>[!-<>-~]*)( +(?<name>[A-Za-z\-]+)=(?<value>[!-<>-~]*))* *\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A\[(UNAVAILABLE|TEMPUNAVAIL)\]\z", RegexOptions.IgnoreCase)]
    private static partial Regex Unknown();

    [GeneratedRegex(@"\A[0-9]+\z")]
    private static partial Regex Digits();
}
