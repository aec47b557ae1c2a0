using System.Text.Json;
using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary><c>mailproxy route</c> beside a running cluster: it asks the same directory and the same Consul.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed class RouteCommandTests(DevClusterFixture cluster) : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_tells_every_rule_the_store_and_how_it_would_be_reached()
    {
        var user = $"route{Guid.NewGuid():n}@example.org";
        var (exit, text) = await RunAsync(user);
        Assert.Equal((0, true), (exit, text.StartsWith($"{user} by imap: store-1\n", StringComparison.Ordinal)));
        Assert.Contains($"     Pin           mailproxy/users/{user}: nothing", text, StringComparison.Ordinal);
        Assert.Contains("  -> DirectoryHome home in the directory: store-1, online", text, StringComparison.Ordinal);
        Assert.Contains("TLS implicit", text, StringComparison.Ordinal);
        Assert.Contains("  login  external", text, StringComparison.Ordinal);

        await PinAsync(user, "store-2");
        (exit, var json) = await RunAsync(user, "--json", "--protocol", "lmtp");
        var report = JsonNode.Parse(json)!.AsArray().Single()!;
        Assert.Equal((0, "store-2", "Routed", "lmtp"), (exit, (string?)report["store"], (string?)report["outcome"], (string?)report["login"]));
        Assert.Equal($"pin mailproxy/users/{user}", (string?)report["detail"]);
    }

    [Fact]
    public async Task A_user_who_could_not_be_served_is_exit_1_and_says_why()
    {
        var user = $"route{Guid.NewGuid():n}@example.org";
        await PinAsync(user, "store-99");
        var (exit, text) = await RunAsync(user);
        Assert.Equal(1, exit);
        Assert.Contains("no route", text, StringComparison.Ordinal);
        Assert.Contains("store-99, which the catalog does not have", text, StringComparison.Ordinal);
        (exit, text) = await RunAsync("bob@elsewhere.example");
        Assert.Equal((1, "'bob@elsewhere.example' is of no domain of ours."), (exit, text));
    }

    [Fact]
    public async Task Without_consul_it_says_who_does_not_answer()
    {
        var (exit, text) = await RunAsync("alice@example.org", "--set", "Consul:Address=127.0.0.1:1");
        Assert.Equal(1, exit);
        Assert.Contains("No answer within 15 s", text, StringComparison.Ordinal);
    }

    private async Task PinAsync(string user, string store)
    {
        using var http = new HttpClient();
        using var put = await http.PutAsync(new Uri($"http://127.0.0.1:{cluster.Port(7500)}/v1/kv/mailproxy/users/{user}"), new StringContent(store));
        Assert.Equal("true", (await put.Content.ReadAsStringAsync()).Trim());
    }

    private async Task<(int Exit, string Output)> RunAsync(string user, params string[] more)
    {
        var users = _folder.File("users.json");
        await File.WriteAllTextAsync(users, JsonSerializer.Serialize(new
        {
            domains = new[] { "example.org" },
            users = new[] { new { name = user.EndsWith("@example.org", StringComparison.Ordinal) ? user : "alice@example.org", password = "{PLAIN}x", home = "store-1" } },
        }));
        await File.WriteAllTextAsync(_folder.File("proxy.json"), JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Node"] = new { Name = "route", HostName = "localhost" },
            ["Listeners"] = new[] { new { Protocol = "imap", Address = "127.0.0.1", Port = 0, Tls = "none" } },
            ["Directory"] = new { Provider = "file", File = new { Path = users } },
            ["Consul"] = new { Address = $"127.0.0.1:{cluster.Port(7500)}" },
            ["Stores"] = new { Login = "password" },
        }));
        await using var process = MailProxyProcess.Start(["route", user, "--config", _folder.File("proxy.json"), .. more]);
        return (await process.ExitAsync(), process.Output);
    }
}
