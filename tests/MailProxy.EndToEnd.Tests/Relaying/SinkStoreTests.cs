using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Relaying;

/// <summary>A store that fails on purpose: Postfix's smtp-sink with its fault options, behind the relay.</summary>
public sealed class SinkStoreTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    // -q closes at that command, -r and -f answer it with 450 and 500.
    [Theory]
    [InlineData("", "250 2.0.0 OK")]
    [InlineData("-q lhlo", "451 4.4")]
    [InlineData("-q mail", "451 4.4")]
    [InlineData("-q rcpt", "451 4.4")]
    [InlineData("-q data", "451 4.4")]
    [InlineData("-q .", "451 4.4")]
    [InlineData("-r mail", "451 4.4")]
    [InlineData("-r rcpt", "451 4.4")]
    [InlineData("-r data", "451 4.4")]
    [InlineData("-r .", "451 4.4")]
    [InlineData("-f rcpt", "554 5.0.0")]
    [InlineData("-f .", "554 5.0.0")]
    public async Task A_fault_of_the_store_is_told_as_designed(string fault, string told)
    {
        ForeignProgram.Require("swaks");
        ForeignProgram.Require("smtp-sink");
        await using var store = await SinkAsync(fault);
        await using var node = await RelayingNode.StartAsync(_folder, stores: 0, configuration => configuration["Routing"]!["Stores"] = new JsonArray(new JsonObject
        {
            ["Id"] = "store-1", ["Address"] = "127.0.0.1", ["Ports"] = new JsonObject { ["lmtp"] = store.Port }, ["Tls"] = "none",
        }));
        var sent = await node.SendAsync(Messages.Make("sink"), "me@example.net", "alice@example.org");
        Assert.Contains(sent.Output.Split('\n'), line => line.StartsWith('<') && line.Contains($" {told}", StringComparison.Ordinal));
    }

    private static async Task<Sink> SinkAsync(string fault)
    {
        string[] owner = Environment.UserName == "root" ? ["-u", "nobody"] : [];
        for (var attempt = 0; ; attempt++)
        {
            int port;
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                port = ((IPEndPoint)free.LocalEndpoint).Port;
            }

            var start = new ProcessStartInfo(ForeignProgram.Find("smtp-sink")!, [.. owner, "-L", .. fault.Split(' ', StringSplitOptions.RemoveEmptyEntries), $"inet:127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "100"]);
            var sink = new Sink(start, port);
            if (await sink.ListensAsync())
            {
                return sink;
            }

            await sink.DisposeAsync();
            Assert.True(attempt < 3, $"smtp-sink does not listen: {sink.Output}");
        }
    }

    private sealed class Sink(ProcessStartInfo start, int port) : WatchedProcess(start)
    {
        public int Port => port;

        public async Task<bool> ListensAsync()
        {
            for (var attempt = 0; attempt < 200; attempt++)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    await Beat.WaitAsync(50);
                }
            }

            return false;
        }
    }
}
