using System.Buffers;
using BenchmarkDotNet.Attributes;
using MailProxy.Protocols.Sasl;

namespace MailProxy.Benchmarks.Parsers;

/// <summary>The response line of SASL PLAIN: base64, then its three parts.</summary>
public class SaslBenchmarks
{
    private const int MessageLimit = 9_216;

    // NUL alice@example.org NUL correct horse battery staple
    private readonly ReadOnlySequence<byte> _response = Octets.Of("AGFsaWNlQGV4YW1wbGUub3JnAGNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU=");

    [Benchmark]
    public int Plain()
    {
        Expect.Done(SaslBase64.TryDecode(_response, true, MessageLimit, out var message));
        Expect.Done(SaslPlain.TryParse(message, out var plain));
        return plain!.Password.Length;
    }
}
