using System.Buffers;
using BenchmarkDotNet.Attributes;
using MailProxy.Protocols.Lines;

namespace MailProxy.Benchmarks.Parsers;

/// <summary>One line out of a buffer that holds several: what every command of POP3 and SMTP pays.</summary>
public class LineBenchmarks
{
    private const string Pipelined = "MAIL FROM:<alice@example.org> SIZE=20480 BODY=8BITMIME\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n";
    private const int Limit = 2_048;

    private readonly ReadOnlySequence<byte> _whole = Octets.Of(Pipelined);
    private readonly ReadOnlySequence<byte> _cut = Octets.CutOf(Pipelined, at: 20);

    [Benchmark]
    public long Line() => Read(_whole);

    [Benchmark]
    public long Line_in_two_segments() => Read(_cut);

    private static long Read(in ReadOnlySequence<byte> buffer)
    {
        Expect.Done(LineReader.TryReadLine(buffer, Limit, out var line, out _));
        return line.Length;
    }
}
