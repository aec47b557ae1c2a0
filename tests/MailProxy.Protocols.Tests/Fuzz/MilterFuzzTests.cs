using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using MailProxy.Protocols.Milter;
using MailProxy.Testing.Fuzzing;
using Xunit;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>What milters send, and the header that they are shown, beside an oracle of regular expressions.</summary>
public sealed class MilterFuzzTests
{
    private static readonly string[] Words =
    [
        "\0", "\0\0\0\x01", "\0\0\0\x02", "\0\0\0\x0D", "\xFF\xFF\xFF\xFF", "\0\0\x01\0", "c", "y550 5.7.1 no\0", "+<a@b>\0", "hX-A\0one\0", "i\0\0\0\x01X\0y\0", "b", "\0\0\0\x06", "O",
        "Subject: x\r\n", "\r\n ", "\r\n\t", "\r\n\r\n", " :", "\t:", ":", " \t",
    ];

    [Fact]
    public void A_packet() => Run(
        ["\0\0\0\x01c", "\0\0\0\x0Ey550 5.7.1 no\0", "\0\0\0\x0DO\0\0\0\x06\0\0\0\x01\0\0\0\x02", "\0\0\0\x02bx\0\0\0\x01c", "\0\0\0\0c", "\0\0\x01\x01b"],
        static (octets, random) =>
        {
            const int Limit = 300;
            var expected = MilterOracle.ReadPacket(Latin(octets), Limit);
            var buffer = RandomCuts.Sequence(octets, random);
            var status = MilterPacket.TryRead(buffer, Limit, out var packet, out var end);
            Assert.Equal((expected.Status, expected.Length), (status, octets.Length - (int)buffer.Slice(end).Length));
            if (status == ReadStatus.Done)
            {
                Assert.Equal((expected.Code, expected.Data), ((char)packet.Code, Latin(packet.Data)));
                Assert.Equal(ReadStatus.NeedMore, MilterPacket.TryRead(RandomCuts.Sequence(octets[..random.Next(expected.Length)], random), Limit, out _, out _));

                // And back.
                var written = new ArrayBufferWriter<byte>();
                MilterPacket.Write(written, packet.Code, packet.Data);
                Assert.Equal(Latin(octets.AsSpan(0, expected.Length)), Latin(written.WrittenSpan));
            }

            return $"{status} {packet.Code} {expected.Length / 16}";
        });

    [Fact]
    public void What_a_milter_says() => Run(
        ["c", "p", "y550 5.7.1 no\0", "+<a@example.org>\0", "2<a@example.org>\0NOTIFY=NEVER\0", "e<>\0\0", "hX-A\0one\ntwo\0", "i\0\0\0\x03X-A\0one\0", "m\0\0\x01\0Subject\0\0", "qbecause\0", "b\0\xFF\r\n", "x"],
        static (octets, _) =>
        {
            if (octets.Length == 0)
            {
                return "";
            }

            var expected = MilterOracle.Reply((char)octets[0], Latin(octets.AsSpan(1)));
            var isReply = MilterReply.TryRead(new MilterPacket(octets[0], octets[1..]), out var reply);
            Assert.Equal((expected is not null, expected is null), (isReply, reply is null));
            if (expected is { } told)
            {
                Assert.Equal((octets[0], told.Index, told.Text, told.More, told.Octets), ((byte)reply!.Verb, reply.Index, reply.Text, reply.More, Latin(reply.Octets)));
                Assert.Equal("acdrsty".Contains((char)octets[0], StringComparison.Ordinal), reply.IsVerdict);
            }

            return $"{isReply} {reply?.Verb} {reply?.Index > 0} {reply?.Text.Length / 16} {reply?.More.Length / 16}";
        });

    [Fact]
    public void What_a_milter_wants() => Run(
        ["O\0\0\0\x06\0\0\0\x11\0\0\0\x03", "O\0\0\0\x02\0\0\0\0\0\0\0\0", "O\0\0\0\x06\0\0\0\x01\0\0\0\x01\0\0\0\0i\0", "O\0\0\0\x07\0\0\0\0\0\0\0\0", "O\0\0\0\x06\0\0\0\x02\0\0\0\0", "c"],
        static (octets, _) =>
        {
            if (octets.Length == 0)
            {
                return "";
            }

            var offered = new MilterOffer(MilterOffer.CurrentVersion, (MilterActions)0x11, (MilterSteps)0x1F_0003);
            var expected = MilterOracle.Agree((char)octets[0], Latin(octets.AsSpan(1)), offered.Version, (uint)offered.Actions, (uint)offered.Steps);
            var isAgreed = MilterOffer.TryRead(new MilterPacket(octets[0], octets[1..]), offered, out var wanted);
            Assert.Equal(expected is not null, isAgreed);
            if (expected is { } told)
            {
                Assert.Equal(told, (wanted.Version, (uint)wanted.Actions, (uint)wanted.Steps));

                // And back; a milter's list of macros is no part of ours.
                var written = new ArrayBufferWriter<byte>();
                wanted.Write(written);
                Assert.Equal("\0\0\0\x0D" + Latin(octets.AsSpan(0, 13)), Latin(written.WrittenSpan));
            }

            return $"{isAgreed} {wanted.Version} {wanted.Actions} {wanted.Steps} {octets.Length}";
        });

    [Fact]
    public void A_header() => Run(
        ["Subject: a\r\n b\r\nFrom: c\r\n\r\nbody\r\n\r\n", "\r\nbody", "A : b\r\nB\t :c\r\n", "no colon\r\n\r\n", "a: b", "a:\r\n\t\r\n\r\n x", ""],
        static (octets, _) =>
        {
            var text = Latin(octets);
            var body = ("\r\n" + text).IndexOf("\r\n\r\n", StringComparison.Ordinal) is var found and >= 0 ? found + 2 : -1;
            Assert.Equal(body, HeaderFieldReader.FindBody(octets));

            var expected = MilterOracle.Fields(text).ToArray();
            var fields = HeaderFieldReader.Read(octets);
            Assert.Equal(expected, fields.Select(field => Latin(field.Octets.Span)));
            Assert.All(fields, field =>
            {
                var parts = Regex.Match(Latin(field.Octets.Span), @"\A(?<name>[^:]*?)[ \t]*(?::(?<value>.*))?\z", RegexOptions.Singleline);
                Assert.Equal((parts.Groups["name"].Value, parts.Groups["value"].Value), (Latin(field.Name), Latin(field.Value)));
            });

            return $"{body >= 0} {fields.Count} {string.Join(',', fields.Take(3).Select(field => field.NameLength / 4))}";
        });

    private static string Latin(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);

    private static void Run(string[] seeds, Func<byte[], Random, string> check) => new Fuzzer(seeds, Words).Run(check);
}
