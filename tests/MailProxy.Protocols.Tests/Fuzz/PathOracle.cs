using System.Text;
using System.Text.RegularExpressions;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>The argument of MAIL or RCPT by the ABNF of RFC 5321 4.1.2 and RFC 6531 3.3 as one expression.</summary>
internal static class PathOracle
{
    private const string Beyond = @"[^\x00-\x9F]";
    private const string Atext = $@"(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{{|}}~]|{Beyond})";
    private const string DotString = $@"{Atext}+(?:\.{Atext}+)*";
    private const string Quoted = $@"""(?:[\x20\x21\x23-\x5B\x5D-\x7E]|{Beyond}|\\[\x20-\x7E])*""";
    private const string Letter = $@"(?:[A-Za-z0-9_]|{Beyond})";
    private const string Label = $@"{Letter}(?:(?:{Letter}|-)*{Letter})?";
    private const string Domain = $@"{Label}(?:\.{Label})*";
    private const string Mailbox = $@"(?<route>@{Domain}(?:,@{Domain})*:)?(?<local>(?<dot>{DotString})|(?<quoted>{Quoted}))@(?<domain>{Domain}|\[(?<literal>[^\[\]\\\x00-\x20]*)\])";
    private const string Parameter = $@"(?<keyword>[A-Za-z0-9][A-Za-z0-9\-]*)(?<value>=(?:[\x21-\x3C\x3E-\x7E]|{Beyond})+)?";
    private const string Rest = $@">(?: +{Parameter})* *\z";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly Regex Reverse = new($@"\A(?i:FROM): *<(?:{Mailbox})?{Rest}", RegexOptions.ExplicitCapture);
    private static readonly Regex Forward = new($@"\A(?i:TO): *<(?:{Mailbox}|(?<postmaster>(?i:postmaster))){Rest}", RegexOptions.ExplicitCapture);
    private static readonly Regex NeedsNoQuotes = new($@"\A{DotString}\z");

    /// <summary>Null: no such path. Otherwise whether it keeps to the limits of RFC 5321 4.5.3.1, its one form, and the parameters in order.</summary>
    public static (bool IsShort, string Address, (string, string)[] Parameters)? Read(byte[] argument, SmtpPathKind kind)
    {
        string text;
        try
        {
            text = Strict.GetString(argument);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }

        var match = (kind == SmtpPathKind.Reverse ? Reverse : Forward).Match(text);
        if (!match.Success || !IsLiteral(match.Groups["literal"]))
        {
            return null;
        }

        // A keyword's value, where it has one, stands right behind it.
        var values = match.Groups["value"].Captures;
        var parameters = match.Groups["keyword"].Captures
            .Select(keyword => (keyword.Value.ToUpperInvariant(), values.SingleOrDefault(value => value.Index == keyword.Index + keyword.Length)?.Value[1..] ?? "")).ToArray();
        if (parameters.DistinctBy(parameter => parameter.Item1).Count() != parameters.Length)
        {
            return null;
        }

        var domains = match.Groups["route"].Value + (match.Groups["literal"].Success ? "" : match.Groups["domain"].Value);
        if (domains.Split('@', ',', ':', '.').Any(label => Encoding.UTF8.GetByteCount(label) > 63))
        {
            return null;
        }

        var path = text[text.IndexOf('<')..(PathEnd(match) + 1)];
        var isShort = Encoding.UTF8.GetByteCount(path) <= 256
            && Encoding.UTF8.GetByteCount(match.Groups["domain"].Value) <= 255
            && (kind == SmtpPathKind.Reverse || Encoding.UTF8.GetByteCount(match.Groups["local"].Value) <= 64);
        return (isShort, AddressOf(match), parameters);
    }

    private static int PathEnd(Match match)
    {
        var last = new[] { match.Groups["domain"], match.Groups["postmaster"] }.FirstOrDefault(group => group.Success);
        return last is null ? match.Value.IndexOf('>') : last.Index + last.Length;
    }

    private static bool IsLiteral(Group literal) => !literal.Success
        || (literal.Value.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? AddressOracle.IsIPv6(literal.Value[5..]) : AddressOracle.IsIPv4(literal.Value));

    private static string AddressOf(Match match)
    {
        if (!match.Groups["local"].Success)
        {
            return match.Groups["postmaster"].Value;
        }

        var local = match.Groups["local"].Value;
        if (match.Groups["quoted"].Success)
        {
            var plain = Regex.Replace(local[1..^1], @"\\(.)", "$1", RegexOptions.Singleline);
            local = NeedsNoQuotes.IsMatch(plain) ? plain : $"\"{Regex.Replace(plain, @"[\\""]", @"\$0")}\"";
        }

        return $"{local}@{match.Groups["domain"].Value}";
    }
}
