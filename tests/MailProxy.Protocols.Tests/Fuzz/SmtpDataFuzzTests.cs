using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using MailProxy.Protocols.Conversations;
using MailProxy.Protocols.Smtp;
using MailProxy.Testing.Fuzzing;
using Xunit;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>Messages, however they are cut: where they end, and what is in them. The oracles see the whole text at once.</summary>
public sealed class SmtpDataFuzzTests
{
    private static readonly string[] Words = ["\r\n.\r\n", "\r\n..", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", ".\r\n", "..\r\n", "\r\r\n", "Subject: x\r\n", "."];

    private static readonly string[] Seeds = ["Subject: a\r\n\r\nbody\r\n.\r\n", ".\r\n", "a\r\n..b\r\n.\r\nMAIL FROM:<>\r\n", "no end", "a\n.\r\nb\r\n.\r\n", ""];

    [Fact]
    public void Dots_are_taken_out() => Run(static (octets, random) =>
    {
        var text = Latin(octets);
        var end = Regex.Match(text, @"(?:\A|\r\n)\.\r\n");
        var seen = end.Success ? text[..(end.Index + end.Length)] : text;
        var bare = Regex.Match(seen, @"(?<!\r)\n|\r(?!\n|\z)");
        var content = bare.Success ? seen[..bare.Index] : end.Success ? seen[..^3] : Regex.Replace(seen, @"\r\z", "");

        var reader = new DotReader();
        var given = new ArrayBufferWriter<byte>();
        var status = ReadStatus.NeedMore;
        var consumed = 0L;
        foreach (var piece in RandomCuts.Pieces(octets, random).TakeWhile(_ => status == ReadStatus.NeedMore))
        {
            var buffer = RandomCuts.Sequence(piece, random);
            status = reader.TryRead(buffer, given, out var position);
            consumed += buffer.Slice(0, position).Length;
        }

        Assert.Equal(end.Success ? ReadStatus.Done : ReadStatus.NeedMore, status);
        Assert.Equal(seen.Length, consumed);
        Assert.Equal(bare.Success, reader.HasBareLineEnd);
        Assert.Equal(Unstuffed(content), Latin(given.WrittenSpan));
        Assert.Equal(given.WrittenCount, reader.Length);
        return $"{status} {bare.Success} {given.WrittenCount}";
    });

    [Fact]
    public void Dots_are_put_in() => Run(static (octets, random) =>
    {
        var text = Latin(octets);
        var writer = new DotWriter();
        var written = new ArrayBufferWriter<byte>();
        foreach (var piece in RandomCuts.Pieces(octets, random))
        {
            writer.Write(piece, written);
        }

        writer.End(written);
        var whole = text.Length == 0 || text.EndsWith("\r\n", StringComparison.Ordinal) ? text : text + "\r\n";
        var sent = Latin(written.WrittenSpan);
        Assert.Equal(Regex.Replace(whole, @"(?<=\A|\n)\.", "..") + ".\r\n", sent);

        // Not even a peer that takes LF for a line's end sees the end of the message before it is there.
        Assert.Equal(sent.Length, Regex.Match(sent, @"(?:\A|\n)\.\r?\n").Index + Regex.Match(sent, @"(?:\A|\n)\.\r?\n").Length);
        return $"{written.WrittenCount}";
    });

    [Fact]
    public void Bare_line_ends_in_chunks() => Run(static (octets, random) =>
    {
        var scanner = new LineEndScanner();
        foreach (var piece in RandomCuts.Pieces(octets, random))
        {
            scanner.Scan(piece);
        }

        scanner.End();
        var expected = Regex.IsMatch(Latin(octets), @"(?<!\r)\n|\r(?!\n)");
        Assert.Equal(expected, scanner.HasBareLineEnd);
        return $"{expected} {octets.Length}";
    });

    [Fact]
    public void The_end_of_what_is_spliced() => Run(static (octets, random) =>
    {
        var text = Latin(octets);
        var expected = ("\r\n" + text).IndexOf("\r\n.\r\n", StringComparison.Ordinal) is var found and >= 0 ? found + 3 : -1;
        var state = MessageEnd.LineStart;
        var read = 0;
        var end = -1;
        foreach (var piece in RandomCuts.Pieces(octets, random).TakeWhile(_ => end < 0))
        {
            var upTo = MessageEnd.Read(piece, ref state);
            end = upTo > 0 ? read + upTo : -1;
            read += piece.Length;
        }

        Assert.Equal(expected, end);
        return $"{end}";
    });

    private static string Unstuffed(string content) => Regex.Replace(content, @"(?<=\A|\r\n)\.", "");

    private static string Latin(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);

    private static void Run(Func<byte[], Random, string> check) => new Fuzzer(Seeds, Words).Run(check);
}
