using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Relaying;

/// <summary>What sends mail to us in earnest: Postfix, by SMTP and by LMTP, and its load generator.</summary>
public sealed class SendingServersTests : IDisposable
{
    private const int Count = 100;
    private const string Taken = "answered 250";

    private readonly TempDirectory _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("smtp", "mx")]
    [InlineData("lmtp", "lmtp")]
    public async Task A_postfix_delivers_to_users_of_two_stores_and_keeps_what_is_held_back(string transport, string listener)
    {
        ForeignProgram.Require("swaks");
        PostfixServer.Require();
        await using var node = await StartAsync();
        var postfix = await PostfixServer.StartAsync(
            _folder, "sender", _authority, "smtpd_relay_restrictions = permit_mynetworks, reject", $"default_transport = {transport}:[127.0.0.1]:{node.Port(listener)}");
        try
        {
            (await ForeignProgram.RunAsync("swaks", [
                "--server", "127.0.0.1", "--port", postfix.Port.ToString(CultureInfo.InvariantCulture), "--from", "me@example.net", "--to",
                "alice@example.org,bob@example.org,nobody@example.org", "--header", $"Subject: by {transport}"])).Expect(0);
            await postfix.SeeInLogAsync("to=<alice@example.org>", "status=sent");
            await postfix.SeeInLogAsync("to=<bob@example.org>", "status=sent");
            await postfix.SeeInLogAsync("to=<nobody@example.org>", "status=bounced", "5.1.1");
        }
        finally
        {
            await postfix.StopAsync();
        }

        foreach (var user in new[] { "alice@example.org", "bob@example.org" })
        {
            Assert.Contains($"Subject: by {transport}", Assert.Single(await node.InboxAsync(user)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("mx")]
    [InlineData("lmtp")]
    public async Task Everything_that_smtp_source_sends_at_once_is_there_once(string listener)
    {
        ForeignProgram.Require("smtp-source");
        await using var node = await StartAsync();
        string[] users = ["alice@example.org", "bob@example.org"];
        var runs = users.Select(user => ForeignProgram.RunAsync("smtp-source", [
            .. listener == "lmtp" ? ["-L"] : Array.Empty<string>(), "-d", "-s", "10", "-m", Count.ToString(CultureInfo.InvariantCulture), "-l", "10240", "-f", "me@example.net", "-t", user,
            $"inet:127.0.0.1:{node.Port(listener)}"]));
        foreach (var run in await Task.WhenAll(runs))
        {
            run.Expect(0);
        }

        foreach (var user in users)
        {
            var ids = (await node.InboxAsync(user)).Select(message => message.Split("\r\n").Single(line => line.StartsWith("Message-Id:", StringComparison.Ordinal))).ToList();
            Assert.Equal((Count, Count), (ids.Count, ids.Distinct().Count()));
        }
    }

    [Fact]
    public async Task Whatever_postal_was_told_is_taken_is_there_even_when_it_is_killed()
    {
        ForeignProgram.Require("postal");
        await using var node = await StartAsync();
        string[] users = ["alice@example.org", "bob@example.org"];
        await File.WriteAllLinesAsync(_folder.File("users"), users);
        await using (var postal = new Postal(new ProcessStartInfo(
            ForeignProgram.Find("postal")!,
            ["-m", "20", "-t", "4", "-c", "3", "-r", "6000", "-p", node.Port("mx").ToString(CultureInfo.InvariantCulture), "-f", _folder.File("users"), "127.0.0.1", _folder.File("users")])))
        {
            for (var attempt = 0; node.Proxy.CountOf(Taken) < Count; attempt++)
            {
                Assert.True(attempt < 600, $"postal sent {node.Proxy.CountOf(Taken)} messages: {postal.Output}");
                await Beat.WaitAsync(100);
            }

            await postal.KillAsync();
        }

        // What was on its way ends a moment later.
        var (kept, taken) = (-1, 0);
        for (var attempt = 0; kept != taken && attempt < 100; attempt++)
        {
            taken = node.Proxy.CountOf(Taken);
            kept = (await node.InboxAsync(users[0])).Count + (await node.InboxAsync(users[1])).Count;
        }

        Assert.Equal(taken, kept);
    }

    private Task<RelayingNode> StartAsync() => RelayingNode.StartAsync(_folder, stores: 2, configuration =>
        configuration["Listeners"]!.AsArray().Add(JsonSerializer.SerializeToNode(new { Protocol = "lmtp", Address = "127.0.0.1", Port = 0, Tls = "none" })));

    // Sends until it is ended.
    private sealed class Postal(ProcessStartInfo start) : WatchedProcess(start);
}
