using System.Text.RegularExpressions;
using Xunit;

namespace MailProxy.Architecture.Tests;

/// <summary>Whatever reads mail, filters or scripts' octets is shown mutations of them, beside an oracle.</summary>
public sealed partial class FuzzTests
{
    private static readonly string Targets = string.Concat(Repository.Sources("tests/MailProxy.Protocols.Tests/Fuzz").Select(file => file.Text));

    [Theory]
    [InlineData("Smtp", "SmtpReply.TryRead")]
    [InlineData("Sieve", "SieveLineReader.TryRead")]
    [InlineData("Milter", "MilterPacket.TryRead")]
    public void Every_parser_has_a_fuzz_target(string folder, string known)
    {
        var parsers = Repository.Sources($"src/MailProxy.Protocols/{folder}")
            .Where(file => PublicType().IsMatch(file.Text))
            .SelectMany(file => Parser().Matches(file.Text).Select(match => (Type: file.Stem, Method: match.Groups["method"].Value)))
            .Distinct().ToArray();

        Assert.Contains(parsers, parser => $"{parser.Type}.{parser.Method}" == known);
        Offences.None(parsers.Where(parser => !IsNamed(parser.Type, parser.Method))
            .Select(parser => $"{parser.Type}.{parser.Method}: give it a target in tests/MailProxy.Protocols.Tests/Fuzz, with an oracle that is written another way"));
    }

    // An object that reads is made where it is asked.
    private static bool IsNamed(string type, string method) =>
        Targets.Contains($"{type}.{method}(", StringComparison.Ordinal)
        || (Targets.Contains($"new {type}(", StringComparison.Ordinal) && Targets.Contains($".{method}(", StringComparison.Ordinal));

    [GeneratedRegex(@"^public ", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    // Attributes that came in other words (XCLIENT by IMAP's ID) were read by another grammar: TryCreate only judges them, and TryParse goes by it.
    [GeneratedRegex(@"^    public (?!override)[\w<>?\[\], ]+ (?<method>(?:Try(?!Create)|Read|Find|Scan|Parse|Decode)\w*)\(", RegexOptions.Multiline)]
    private static partial Regex Parser();
}
