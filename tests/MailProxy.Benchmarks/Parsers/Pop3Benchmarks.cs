using System.Buffers;
using BenchmarkDotNet.Attributes;
using MailProxy.Protocols.Lines;
using MailProxy.Protocols.Pop3;

namespace MailProxy.Benchmarks.Parsers;

/// <summary>A login by USER and PASS.</summary>
public class Pop3Benchmarks
{
    private const int Limit = 255;

    private readonly ReadOnlySequence<byte> _login = Octets.Of("USER alice@example.org\r\nPASS correct horse battery staple\r\n");

    [Benchmark]
    public long User_and_pass()
    {
        var rest = _login;
        return Next(ref rest) + Next(ref rest);
    }

    private static long Next(ref ReadOnlySequence<byte> rest)
    {
        Expect.Done(LineReader.TryReadLine(rest, Limit, out var line, out var end));
        Expect.Done(Pop3Command.TryParse(line, out var command));
        rest = rest.Slice(end);
        return command.Argument.Length;
    }
}
