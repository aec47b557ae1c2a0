using System.Buffers;
using MailProxy.Protocols.Sieve;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Sieve;

public sealed class SieveResponseTests
{
    private static readonly SieveLimits Limits = new(Octets: 200, Tokens: 12);

    [Theory]
    [InlineData("OK", SieveResponseKind.Ok, "", "", "", null)]
    [InlineData("ok \"Logged in.\"", SieveResponseKind.Ok, "", "", "Logged in.", null)]
    [InlineData("OK {5}\r\na\r\nbc", SieveResponseKind.Ok, "", "", "a\r\nbc", null)]
    [InlineData("NO (TRYLATER) \"later\"", SieveResponseKind.No, "TRYLATER", "", "later", null)]
    [InlineData("NO (quota/maxsize) \"full\"", SieveResponseKind.No, "QUOTA/MAXSIZE", "", "full", null)]
    [InlineData("BYE (REFERRAL \"sieve://bob@s2:4190\")", SieveResponseKind.Bye, "REFERRAL", "sieve://bob@s2:4190", "", null)]
    [InlineData("OK (SASL {4}\r\ndGVz) \"in\"", SieveResponseKind.Ok, "SASL", "dGVz", "in", null)]
    [InlineData("OK (X (a \"b\")) \"c\"", SieveResponseKind.Ok, "X", "b", "c", null)]
    [InlineData("\"STARTTLS\"", SieveResponseKind.Data, "", "", "STARTTLS", null)]
    [InlineData("\"SASL\" \"\"", SieveResponseKind.Data, "", "", "SASL", "")]
    [InlineData("{4}\r\nNAME \"ACTIVE\"", SieveResponseKind.Data, "", "", "NAME", "ACTIVE")]
    public void Every_form_is_read_however_it_arrives(string line, SieveResponseKind kind, string code, string codeText, string text, string? value)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(line + "\r\nOK\r\n")))
        {
            Assert.Equal(ReadStatus.Done, SieveResponse.TryRead(buffer, Limits, out var response, out var end));
            Assert.Equal(new SieveResponse(kind, code, codeText, text, value), response);
            Assert.Equal("OK\r\n", Cuts.Text(buffer.Slice(end).ToArray()));
        }
    }

    [Theory]
    [InlineData("* OK IMAP\r\n")]
    [InlineData("+OK pop3\r\n")]
    [InlineData("220 smtp\r\n")]
    [InlineData("OK done\r\n")]
    [InlineData("OK \"a\" \"b\"\r\n")]
    [InlineData("OK (X\r\n")]
    [InlineData("OK () \"x\"\r\n")]
    [InlineData("OK (X)) \"x\"\r\n")]
    [InlineData("OK (X (\"a\") \"x\"\r\n")]
    [InlineData("\"SIEVE\" atom\r\n")]
    [InlineData("\r\n")]
    [InlineData("OK \"x\"\n")]
    public void What_is_no_response_is_malformed_and_skipped(string line)
    {
        foreach (var buffer in Cuts.Of(Cuts.Octets(line)))
        {
            Assert.Equal(ReadStatus.Malformed, SieveResponse.TryRead(buffer, Limits, out var response, out var end));
            Assert.Null(response);
            Assert.Equal(0, buffer.Slice(end).Length);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain words")]
    [InlineData("a \"quoted\" back\\slash")]
    [InlineData("two\r\nlines")]
    public void What_is_written_is_read_again(string text)
    {
        var written = SieveStringWriter.ForClient(text);
        Assert.Equal(ReadStatus.Done, SieveResponse.TryRead(new ReadOnlySequence<byte>(Cuts.Octets($"OK {written}\r\n")), Limits, out var response, out _));
        Assert.Equal(text, response!.Text);
    }

    [Theory]
    [InlineData(1_024, '"', null)]
    [InlineData(1_025, '{', "{1025+}\r\n")]
    public void Quotes_hold_1024_octets(int length, char first, string? header)
    {
        Assert.Equal(first, SieveStringWriter.ForClient(new string('a', length))[0]);
        Assert.Equal(header, SieveStringWriter.LiteralHeader(length));
    }
}
