using System.Buffers;
using System.Net;
using BenchmarkDotNet.Attributes;
using MailProxy.Protocols.ProxyHeader;

namespace MailProxy.Benchmarks.Parsers;

/// <summary>A version 2 header as HAProxy sends it for a client that came by TLS, checksum included.</summary>
public class ProxyHeaderBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ForwardedConnection _forwarded = new()
    {
        Source = new IPEndPoint(IPAddress.Parse("2001:db8::7"), 50_123),
        Destination = new IPEndPoint(IPAddress.Parse("2001:db8::25"), 993),
        Authority = "imap.example.org",
        Tls = new ForwardedTls { Version = "TLSv1.3", Cipher = "TLS_AES_256_GCM_SHA384" },
    };

    private ReadOnlySequence<byte> _header;

    [GlobalSetup]
    public void Setup() => _header = new ReadOnlySequence<byte>(Write_version_2().ToArray());

    [Benchmark]
    public int Read_version_2()
    {
        Expect.Done(ProxyHeaderReader.TryRead(_header, out var forwarded, out _));
        return forwarded!.Source!.Port;
    }

    [Benchmark]
    public ReadOnlyMemory<byte> Write_version_2()
    {
        _output.ResetWrittenCount();
        ProxyHeaderWriter.Write(_output, _forwarded);
        return _output.WrittenMemory;
    }
}
