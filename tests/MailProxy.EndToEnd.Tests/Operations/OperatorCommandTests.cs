using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary><c>mailproxy sessions</c>, <c>proxies</c> and <c>stores</c> against a running cluster.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed class OperatorCommandTests(DevClusterFixture cluster)
{
    [Fact]
    public async Task A_session_is_listed_with_store_and_reason_and_kicked_with_a_goodbye()
    {
        var user = cluster.TakeUser("store-1");
        using var client = await MailClients.ImapAsync(cluster, user);
        await client.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var idle = client.IdleAsync(patience.Token);
        await using (var list = Run("sessions", user, "--json"))
        {
            Assert.Equal(0, await list.ExitAsync());
            var session = Assert.Single(JsonNode.Parse(list.Output)!["sessions"]!.AsArray())!;
            Assert.Equal(
                ("proxy-1", "imaps", "Splicing", user, "store-1", "home in the directory"),
                (Text(session, "node"), Text(session, "protocol"), Text(session, "phase"), Text(session, "user"), Text(session, "store"), Text(session, "why")));
            Assert.StartsWith("Tls1", Text(session, "tls"), StringComparison.Ordinal);
            Assert.True((long)session["bytesOut"]! > 0);
        }

        await using (var stores = Run("stores"))
        {
            Assert.Equal(0, await stores.ExitAsync());

            // The columns are as wide as what other tests have registered makes them.
            Assert.Matches(@"(?m)^store-1 +127\.0\.0\.1 +imaps:", stores.Output);
        }

        await using (var kick = Run("sessions", "kick", user.ToUpperInvariant()))
        {
            Assert.Equal(0, await kick.ExitAsync());
            Assert.Contains($"1 session of {user} asked to end.", kick.Output, StringComparison.Ordinal);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => idle.WaitAsync(patience.Token));
        Assert.False(patience.IsCancellationRequested);
        await cluster.Process.SeeAsync("ended while Splicing: ended by an operator.");
        using var again = await MailClients.ImapAsync(cluster, user);
        Assert.True(again.IsAuthenticated);
    }

    [Fact]
    public async Task A_proxy_that_does_not_answer_is_listed_with_the_reason_and_makes_the_exit_code_1()
    {
        var key = new Uri($"http://127.0.0.1:{cluster.Port(7500)}/v1/kv/mailproxy/proxies/proxy-dead");
        using var http = new HttpClient();
        using var put = await http.PutAsync(key, new StringContent("""{ "version": "9", "started": "2026-01-01T00:00:00Z", "applied": 3, "admin": "http://127.0.0.1:1/" }"""));
        try
        {
            foreach (var command in new[] { "proxies", "sessions", "stores" })
            {
                await using var run = Run(command);
                Assert.Equal(1, await run.ExitAsync());
                Assert.Contains("proxy-dead does not answer, so this is not all: 127.0.0.1:1", run.Output, StringComparison.Ordinal);
            }

            await using var list = Run("proxies", "--json");
            Assert.Equal(1, await list.ExitAsync());
            var end = list.Output.LastIndexOf(']') + 1;
            var rows = JsonNode.Parse(list.Output[list.Output.IndexOf('[', StringComparison.Ordinal)..end])!.AsArray();
            Assert.Equal(["proxy-1", "proxy-dead"], rows.Select(row => Text(row!["listed"]!, "node")));
            Assert.Equal("serving", Text(rows[0]!["node"]!, "state"));
        }
        finally
        {
            using var gone = await http.DeleteAsync(key);
        }
    }

    [Fact]
    public async Task A_store_is_set_offline_and_online_again()
    {
        var user = cluster.TakeUser("store-2");
        await using (var offline = Run("stores", "offline", "store-2"))
        {
            Assert.Equal(0, await offline.ExitAsync());
        }

        try
        {
            await cluster.Process.SeeAsync("store-2");
            await using var list = Run("stores", "--json");
            Assert.Equal(0, await list.ExitAsync());
            var store = JsonNode.Parse(list.Output)!["stores"]!.AsArray().Single(entry => Text(entry!, "id") == "store-2")!;
            Assert.Equal(("online", "offline"), (Text(store, "health"), Text(store, "operator")));
            await Assert.ThrowsAnyAsync<Exception>(async () => await MailClients.ImapAsync(cluster, user));
        }
        finally
        {
            await using var online = Run("stores", "online", "store-2");
            Assert.Equal(0, await online.ExitAsync());
        }

        using var client = await LogInAsync(user);
        Assert.True(client.IsAuthenticated);
    }

    [Theory]
    [InlineData(1, "Consul knows no store 'nix'. Known: store-1, store-2", "stores", "offline", "nix")]
    [InlineData(1, "No live proxy is called 'nix'", "proxies", "drain", "nix")]
    [InlineData(1, "No live proxy is called 'nix'", "sessions", "--node", "nix")]
    [InlineData(1, "has no session", "sessions", "kick", "--id", "0000000000000")]
    [InlineData(0, "nobody@example.org has no session", "sessions", "kick", "nobody@example.org")]
    [InlineData(2, "one of them", "sessions", "kick")]
    [InlineData(2, "--limit takes", "sessions", "--limit", "0")]
    [InlineData(2, "--deadline takes", "proxies", "drain", "proxy-1", "--deadline", "0")]
    [InlineData(1, "Admin:TokenFile: there is no file", "proxies", "--set", "Admin:TokenFile=/nowhere/token")]
    [InlineData(1, "Admin:Certificate: 0.0.0.0 is not loopback", "proxies", "--set", "Admin:Address=0.0.0.0")]
    [InlineData(1, "Admin:TokenFile: name a file with a token", "proxies", "--set", "Admin:TokenFile=")]
    public async Task What_cannot_be_done_is_told(int exit, string told, params string[] arguments)
    {
        await using var run = Run(arguments);
        Assert.Equal(exit, await run.ExitAsync());
        Assert.Contains(told, run.Output, StringComparison.Ordinal);
    }

    private static string? Text(JsonNode node, string name) => (string?)node[name];

    // Each proxy hears of the change by itself, a moment later.
    private async Task<MailKit.Net.Imap.ImapClient> LogInAsync(string user)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await MailClients.ImapAsync(cluster, user);
            }
            catch (MailKit.Security.AuthenticationException) when (attempt < 50)
            {
                await MailProxy.Testing.Beat.WaitAsync(100, TestContext.Current.CancellationToken);
            }
        }
    }

    private MailProxyProcess Run(params string[] arguments) => MailProxyProcess.Start([.. arguments, "--config", Path.Combine(cluster.Data, "proxy.json")]);
}
