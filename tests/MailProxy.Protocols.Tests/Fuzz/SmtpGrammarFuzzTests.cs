using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MailProxy.Protocols.Lines;
using MailProxy.Protocols.Smtp;
using MailProxy.Testing.Fuzzing;
using Xunit;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>What stands on one line, each beside an oracle of regular expressions.</summary>
public sealed class SmtpGrammarFuzzTests
{
    private static readonly string[] Words =
    [
        "FROM:", "TO:", "<", ">", "@", "\"", "\\", "[", "]", "IPv6:", "::", "192.0.2.1", "2001:db8::1", "Postmaster", ".", "-", "_", "=", ",", ":", "SIZE=", "BODY=8BITMIME", "SMTPUTF8",
        "NOTIFY=", "+20", "+0A", "+", "ADDR=", "PORT=", "TTL=", "SESSION=", "IPV6:", "[UNAVAILABLE]", "[TEMPUNAVAIL]", "LAST", "250-", "250 ", "354", "0", "9", "0x7f", "010", "%1", "/64",
    ];

    [Fact]
    public void A_command_line() => Run(["EHLO mail.example.org", "MAIL FROM:<a@b> ", "QUIT", "XCLIENT ADDR=::1"], static (octets, random) =>
    {
        var expected = Regex.Match(Latin(octets).TrimEnd(' ', '\t'), @"\A([A-Za-z0-9]{1,20})(?: (.*))?\z", RegexOptions.Singleline);
        var status = SmtpCommand.TryParse(RandomCuts.Sequence(octets, random), out var command);
        Assert.Equal(expected.Success ? ReadStatus.Done : ReadStatus.Malformed, status);
        if (expected.Success)
        {
            Assert.Equal((expected.Groups[1].Value.ToUpperInvariant(), expected.Groups[2].Value), (command.Verb, Latin(command.Argument.ToArray())));
        }

        return $"{status} {command.Verb?.Length}";
    });

    [Fact]
    public void A_line() => Run(["abc\r\n", "abc\r\ndef\r\n", "\r\n", "a\n"], static (octets, random) =>
    {
        const int Limit = 100;
        var text = Latin(octets);
        var feed = text.IndexOf('\n');
        var expected = feed < 0 ? text.Length >= Limit ? ReadStatus.TooLong : ReadStatus.NeedMore
            : feed + 1 > Limit ? ReadStatus.TooLong
            : Regex.IsMatch(text[..(feed + 1)], @"\A[^\r\n\0]*\r\n\z") ? ReadStatus.Done : ReadStatus.Malformed;
        var buffer = RandomCuts.Sequence(octets, random);
        var status = LineReader.TryReadLine(buffer, Limit, out var line, out var end);
        Assert.Equal(expected, status);
        if (status == ReadStatus.Done)
        {
            Assert.Equal((text[..(feed - 1)], feed + 1), (Latin(line.ToArray()), (int)buffer.Slice(0, end).Length));
        }

        return $"{status} {feed}";
    });

    [Theory]
    [InlineData(SmtpPathKind.Reverse)]
    [InlineData(SmtpPathKind.Forward)]
    public void A_path_with_parameters(SmtpPathKind kind) => Run(
        [
            "FROM:<>", "FROM:<a.b@c-d.example> SIZE=1000 BODY=8BITMIME", "FROM:<\"a b\\\"\"@x.example>", "FROM:<a@[192.0.2.1]>", "FROM:<a@[IPv6:2001:db8::192.0.2.1]>", "FROM:<@r1.x,@r2:a@b> SMTPUTF8",
            "TO:<Postmaster>", "TO:<a@b.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb@c", "TO:<d\xC3\xA9j\xC3\xA0@vu.example>", "TO:<\"a.b\"@c>",
        ],
        (octets, random) =>
        {
            var expected = PathOracle.Read(octets, kind);
            var status = SmtpPath.TryParse(RandomCuts.Sequence(octets, random), kind, out var path);
            Assert.Equal(expected is { IsShort: true }, status == ReadStatus.Done);
            if (expected is { IsShort: false })
            {
                Assert.Equal(ReadStatus.TooLong, status);
            }

            if (path is not null)
            {
                Assert.Equal(expected!.Value.Address, path.Address);
                Assert.Equal(expected.Value.Parameters, path.Parameters.Select(parameter => (parameter.Key, parameter.Value)));
            }

            return $"{status} {path?.Parameters.Count} {path?.Address.Contains('"')} {path?.Address.Contains('[')} {path?.NeedsUtf8} {path?.Address.Length / 16}";
        });

    [Fact]
    public void A_mailbox_that_stands_alone() => Run(["a.b@c-d.example", "\"a b\\\"\"@x.example", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "d\xC3\xA9j\xC3\xA0@vu.example", "Postmaster", "@r1.x:a@b"], static (octets, _) =>
    {
        // The same between brackets, but for a source route, parameters and the one name without a domain.
        var path = PathOracle.Read([.. "TO:<"u8, .. octets, .. ">"u8], SmtpPathKind.Forward);
        var expected = path is { Parameters.Length: 0 } && path.Value.Address.Contains('@') && octets[0] != '@' ? path : null;
        var status = SmtpPath.TryParseMailbox(octets, out var address);
        Assert.Equal(expected is { IsShort: true }, status == ReadStatus.Done);
        if (status == ReadStatus.Done)
        {
            Assert.Equal(expected!.Value.Address, address);
        }

        return $"{status} {address.Contains('"')} {address.Contains('[')} {address.Length / 16}";
    });

    [Fact]
    public void A_chunk_size() => Run(["0", "1000", "1000 LAST", "0 last", "999999999999999999 LAST"], static (octets, random) =>
    {
        var match = Regex.Match(Latin(octets), @"\A([0-9]+)( +(?i:LAST) *)?\z");
        var expected = !match.Success ? ReadStatus.Malformed : match.Groups[1].Length > 18 ? ReadStatus.TooLong : ReadStatus.Done;
        var status = BdatChunk.TryParse(RandomCuts.Sequence(octets, random), out var chunk);
        Assert.Equal(expected, status);
        if (status == ReadStatus.Done)
        {
            Assert.Equal((long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Success), (chunk.Size, chunk.IsLast));
        }

        return $"{status} {chunk.IsLast} {match.Length}";
    });

    [Fact]
    public void A_reply() => Run(
        ["250 OK\r\n", "250-a\r\n250-b\r\n250 c\r\n", "354\r\n", "451 4.3.0 d\xC3\xA9j\xC3\xA0\r\n250 next\r\n", "250-a\r\n"],
        static (octets, random) =>
        {
            const int Limit = 600;
            var expected = ReplyOracle.Read(Latin(octets), Limit);
            var buffer = RandomCuts.Sequence(octets, random);
            var status = SmtpReply.TryRead(buffer, Limit, out var reply, out var end);
            Assert.Equal(expected.Status, status);
            if (reply is not null)
            {
                Assert.Equal((expected.Code, expected.Length), (reply.Code, (int)buffer.Slice(0, end).Length));
                Assert.Equal(expected.Lines.Select(line => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line))), reply.Lines);

                // And back: what was read is written, whatever the text holds, as one reply that reads the same but for control characters.
                var written = Encoding.UTF8.GetBytes(SmtpReplyWriter.Format(reply.Code, reply.Lines));
                Assert.Equal(ReadStatus.Done, SmtpReply.TryRead(new ReadOnlySequence<byte>(written), int.MaxValue, out var again, out _));
                Assert.Equal(reply.Lines.Select(line => Regex.Replace(line, @"\p{Cc}", "?")), again!.Lines);
            }

            return $"{status} {reply?.Code / 100} {reply?.Lines.Count}";
        });

    [Fact]
    public void Xtext_both_ways() => Run(["a+2Bb", "rfc822;bob+40x", "+C3+A9", ""], static (octets, _) =>
    {
        var text = Latin(octets);
        var expected = XtextOracle.Decode(text);
        Assert.Equal(expected is not null, Xtext.TryDecode(text, out var decoded));
        Assert.Equal(expected ?? "", decoded);
        var encoded = Xtext.Encode(text);
        Assert.Matches(@"\A[!-~]*\z", encoded);
        Assert.Equal(text, XtextOracle.Decode(encoded));
        return $"{expected?.Length}";
    });

    [Fact]
    public void Xclient_attributes() => Run(
        ["ADDR=192.0.2.1 PORT=4711", "ADDR=IPV6:2001:db8::1 SESSION=abc+3D TTL=5", "NAME=[UNAVAILABLE] HELO=[TEMPUNAVAIL] LOGIN=a+40b", "addr=::1"],
        static (octets, random) =>
        {
            var expected = XclientOracle.Read(Latin(octets));
            var status = Xclient.TryParse(RandomCuts.Sequence(octets, random), out var xclient);
            Assert.Equal(expected is not null, status == ReadStatus.Done);
            Assert.Equal(expected, xclient?.Attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal).Select(attribute => (attribute.Key, attribute.Value)));
            return $"{status} {xclient?.Attributes.Count} {xclient?.Address?.AddressFamily} {xclient?.Port is null} {xclient?.TimeToLive is null}";
        });

    private static string Latin(byte[] octets) => Encoding.Latin1.GetString(octets);

    private static void Run(string[] seeds, Func<byte[], Random, string> check) => new Fuzzer(seeds, Words).Run(check);
}
