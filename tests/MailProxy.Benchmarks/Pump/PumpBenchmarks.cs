using System.Net.Sockets;
using BenchmarkDotNet.Attributes;

namespace MailProxy.Benchmarks.Pump;

/// <summary>A spliced session over loopback, in clear: what a client's NOOP costs, and what an attachment costs.</summary>
public class PumpBenchmarks
{
    private const int LineLength = 64;
    private const int BulkLength = 8 * 1024 * 1024;

    private readonly byte[] _line = new byte[LineLength];
    private readonly byte[] _bulk = new byte[BulkLength];
    private readonly byte[] _received = new byte[256 * 1024];
    private SplicedPair _pair = null!;

    [ParamsSource(nameof(TransportNames))]
    public string Transport { get; set; } = "";

    public static IEnumerable<string> TransportNames => Transports.Names;

    [GlobalSetup]
    public async Task Setup() => _pair = await SplicedPair.CreateAsync(Transport);

    [GlobalCleanup]
    public async Task Cleanup() => await _pair.DisposeAsync();

    /// <summary>To the store and back, without a second thread of ours in between: four system calls here, the pump twice.</summary>
    [Benchmark]
    public void Round_trip_of_a_line()
    {
        _pair.Client.Send(_line);
        Receive(_pair.Store, LineLength);
        _pair.Store.Send(_line);
        Receive(_pair.Client, LineLength);
    }

    [Benchmark]
    public void Bulk_of_8_MiB()
    {
        var sending = Task.Run(() => _pair.Store.Send(_bulk));
        Receive(_pair.Client, BulkLength);
        Expect.That(sending.GetAwaiter().GetResult() == BulkLength);
    }

    private void Receive(Socket socket, int length)
    {
        while (length > 0)
        {
            var received = socket.Receive(_received);
            Expect.That(received > 0);
            length -= received;
        }
    }
}
