using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Benchmarks.Parsers;

/// <summary>A message of 64 KiB on its way through DATA: base64 lines as of an attachment, or text of which each tenth line begins with a dot.</summary>
public class DataBenchmarks
{
    private const int Size = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new(2 * Size);
    private byte[] _content = [];
    private ReadOnlySequence<byte> _onTheWire;

    [Params(false, true)]
    public bool HasDots { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var text = new StringBuilder(Size);
        for (var number = 0; text.Length < Size; number++)
        {
            text.Append(HasDots && number % 10 == 0 ? '.' : 'A').Append('b', 75).Append("\r\n");
        }

        _content = Encoding.ASCII.GetBytes(text.ToString());
        _onTheWire = new ReadOnlySequence<byte>(Write().ToArray());
        Expect.That(Read_data().Span.SequenceEqual(_content));
    }

    [Benchmark]
    public ReadOnlyMemory<byte> Read_data()
    {
        _output.ResetWrittenCount();
        Expect.Done(new DotReader().TryRead(_onTheWire, _output, out _));
        return _output.WrittenMemory;
    }

    [Benchmark]
    public ReadOnlyMemory<byte> Write_data() => Write();

    private ReadOnlyMemory<byte> Write()
    {
        _output.ResetWrittenCount();
        var dots = new DotWriter();
        dots.Write(_content, _output);
        dots.End(_output);
        return _output.WrittenMemory;
    }
}
