using System.Text;
using System.Text.RegularExpressions;
using MailProxy.Protocols.Smtp;
using MailProxy.Testing.Fuzzing;
using Xunit;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>Values of RFC 3461's parameters, beside an oracle of regular expressions.</summary>
public sealed partial class DsnFuzzTests
{
    private static readonly string[] Words =
        ["NEVER", "SUCCESS", "failure", "DELAY", ",", "FULL", "hdrs", "rfc822;", "utf-8;", "UTF-8;", "x-", ";", "+2B", "+0D", "+C3+A9", "+", "=", " ", "@", ".", "\u00E9", "\u0085", "\r\n"];

    [Fact]
    public void Values() => new Fuzzer(["NEVER", "SUCCESS,FAILURE,DELAY", "rfc822;a+2Bb@c.example", "utf-8;j\u00F6@c", "QQ314159", "hdrs"], Words).Run(static (octets, _) =>
    {
        var text = Encoding.UTF8.GetString(octets);
        var upper = text.ToUpperInvariant();
        var isNotify = NotifyValue().IsMatch(upper) && upper.Split(',').Length == upper.Split(',').ToHashSet().Count;
        Assert.Equal(isNotify ? upper : null, DsnParameters.Notify(text));
        Assert.Equal(upper is "FULL" or "HDRS" ? upper : null, DsnParameters.Return(text));
        var isEnvelopeId = text.Length is > 0 and <= 100 && XtextOracle.Decode(text) is { } id && Printable().IsMatch(id);
        Assert.Equal(isEnvelopeId, DsnParameters.IsEnvelopeId(text));
        var recipient = RecipientValue().Match(text);
        var isRecipient = recipient.Success && Encoding.UTF8.GetByteCount(text) <= 500
            && (AllAscii().IsMatch(recipient.Groups[2].Value)
                ? XtextOracle.Decode(recipient.Groups[2].Value) is { } address && !Control().IsMatch(address)
                : recipient.Groups[1].Value.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !Unfit().IsMatch(recipient.Groups[2].Value));
        Assert.Equal(isRecipient, DsnParameters.IsOriginalRecipient(text));
        return $"{isNotify} {isEnvelopeId} {isRecipient} {text.Length / 16}";
    });

    [GeneratedRegex(@"\A(NEVER|(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY))*)\z")]
    private static partial Regex NotifyValue();

    [GeneratedRegex(@"\A[ -~]*\z")]
    private static partial Regex Printable();

    [GeneratedRegex(@"\A([A-Za-z0-9.-]+);(.+)\z", RegexOptions.Singleline)]
    private static partial Regex RecipientValue();

    [GeneratedRegex(@"\A[\x00-\x7F]*\z")]
    private static partial Regex AllAscii();

    [GeneratedRegex(@"\p{Cc}")]
    private static partial Regex Control();

    [GeneratedRegex(@"[\p{Cc} =]")]
    private static partial Regex Unfit();
}
