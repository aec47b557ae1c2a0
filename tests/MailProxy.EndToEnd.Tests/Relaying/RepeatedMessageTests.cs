using System.Net;
using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Transport.Portable;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Relaying;

/// <summary>One of two stores refuses behind the dot: the sender hears 451, repeats, and everybody has the message once.</summary>
public sealed class RepeatedMessageTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_recipient_has_one_copy_after_the_sender_has_repeated_it()
    {
        ForeignProgram.Require("swaks");
        await using var listener = await new PortableTransport().BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        await using var node = await RelayingNode.StartAsync(_folder, stores: 1, configuration => configuration["Routing"]!["Stores"]!.AsArray().Add(new JsonObject
        {
            ["Id"] = "store-2", ["Address"] = "127.0.0.1", ["Ports"] = new JsonObject { ["lmtp"] = ((IPEndPoint)listener.EndPoint).Port }, ["Tls"] = "none",
        }));
        var message = Messages.Make("repeated");
        var taken = new List<string>();
        foreach (var (verdict, answer) in new[] { ("452 4.2.2 over quota", "451 4.4.0"), ("452 4.2.2 over quota", "451 4.4.0"), ("250 2.1.5 taken", "250 2.0.0") })
        {
            var store = ServeAsync(listener, verdict);
            var sent = await node.SendAsync(message, "me@example.net", "alice@example.org,bob@example.org,carol@example.org");
            Assert.Contains(answer, sent.Output, StringComparison.Ordinal);
            var heard = await store;
            if (verdict.StartsWith("250", StringComparison.Ordinal))
            {
                taken.Add(heard);
            }
        }

        Assert.Contains("line 4 of repeated", Assert.Single(taken), StringComparison.Ordinal);
        foreach (var user in new[] { "alice", "carol" })
        {
            Assert.Equal(message, Messages.WithoutTrace(System.Text.Encoding.Latin1.GetBytes(Assert.Single(await node.InboxAsync($"{user}@example.org")))));
        }

        // Both of them, at the second and at the third attempt.
        Assert.Equal(4, node.Store(0).CountOf("took this message before"));
    }

    // One transaction of an LMTP store that says what it is told behind the dot.
    private static async Task<string> ServeAsync(IConnectionListener listener, string verdict)
    {
        await using var proxy = new DialogueClient((await listener.AcceptAsync())!);
        await proxy.SendLineAsync("220 store-2 LMTP");
        await proxy.ExpectAsync("LHLO *");
        await proxy.SendLineAsync("250 store-2");
        await proxy.ExpectAsync("MAIL FROM:<me@example.net>*");
        await proxy.SendLineAsync("250 2.1.0 OK");
        await proxy.ExpectAsync("RCPT TO:<bob@example.org>");
        await proxy.SendLineAsync("250 2.1.5 OK");
        await proxy.ExpectAsync("DATA");
        await proxy.SendLineAsync("354 go");
        var lines = await proxy.ExpectUntilAsync(".");
        await proxy.SendLineAsync(verdict);
        return string.Join("\r\n", lines);
    }
}
