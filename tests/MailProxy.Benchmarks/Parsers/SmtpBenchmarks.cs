using System.Buffers;
using BenchmarkDotNet.Attributes;
using MailProxy.Protocols.Lines;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Benchmarks.Parsers;

/// <summary>The envelope, and what a store says to EHLO.</summary>
public class SmtpBenchmarks
{
    private const int LineLimit = 2_048;
    private const int ReplyLimit = 65_536;

    private readonly ReadOnlySequence<byte> _mail = Octets.Of("MAIL FROM:<alice@example.org> SIZE=20480 BODY=8BITMIME\r\n");
    private readonly ReadOnlySequence<byte> _recipient = Octets.Of("RCPT TO:<bob@example.org>\r\n");
    private readonly ReadOnlySequence<byte> _ehlo = Octets.Of(
        "250-store-1.example.org\r\n250-PIPELINING\r\n250-SIZE 67108864\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n" +
        "250-STARTTLS\r\n250-AUTH PLAIN LOGIN EXTERNAL\r\n250 XCLIENT ADDR PORT PROTO LOGIN SESSION TTL\r\n");

    [Benchmark]
    public int Ehlo_reply()
    {
        Expect.Done(SmtpReply.TryRead(_ehlo, ReplyLimit, out var reply, out _));
        return reply!.Lines.Count;
    }

    [Benchmark]
    public int Mail() => Envelope(_mail, SmtpPathKind.Reverse);

    [Benchmark]
    public int Rcpt() => Envelope(_recipient, SmtpPathKind.Forward);

    private static int Envelope(in ReadOnlySequence<byte> buffer, SmtpPathKind kind)
    {
        Expect.Done(LineReader.TryReadLine(buffer, LineLimit, out var line, out _));
        Expect.Done(SmtpCommand.TryParse(line, out var command));
        Expect.Done(SmtpPath.TryParse(command.Argument, kind, out var path));
        return path!.Address.Length;
    }
}
