using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;

namespace MailProxy.Benchmarks.Login;

/// <summary>A whole session of one client after the other: connect, greeting, LOGIN at the store, LOGOUT through the splice, end.</summary>
public class ImapLoginBenchmarks
{
    private readonly byte[] _received = new byte[4_096];
    private LoopbackNode _node = null!;

    [ParamsSource(nameof(TransportNames))]
    public string Transport { get; set; } = "";

    public static IEnumerable<string> TransportNames => Transports.Names;

    [GlobalSetup]
    public async Task Setup() => _node = await LoopbackNode.StartAsync(Transport);

    [GlobalCleanup]
    public async Task Cleanup() => await _node.DisposeAsync();

    [Benchmark]
    public void Login_and_logout()
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(_node.EndPoint);
        Expect.That(ReceiveLine(client).StartsWith("* OK"u8));
        client.Send("a LOGIN alice@example.org secret\r\n"u8);
        Expect.That(ReceiveLine(client).StartsWith("a OK"u8));
        client.Send("b LOGOUT\r\n"u8);
        while (client.Receive(_received) > 0)
        {
        }
    }

    // What is received ends in the line that is waited for: nobody says more before the next command.
    private ReadOnlySpan<byte> ReceiveLine(Socket client)
    {
        var length = 0;
        while (length == 0 || _received[length - 1] != '\n')
        {
            var received = client.Receive(_received.AsSpan(length));
            Expect.That(received > 0);
            length += received;
        }

        return _received.AsSpan(0, length);
    }
}
