using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MailProxy.Testing.OAuth;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary><c>mailproxy user test</c> and <c>user flush</c>, as an operator runs them.</summary>
public sealed class UserCommandTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ann@example.org", "right", 0, "verdict: Authenticated (staff: {PLAIN})", "quota = 10G")]
    [InlineData("ANN@example.org", "right", 0, "user ann@example.org, home store-7", "as an address: Found: ann@example.org")]
    [InlineData("ann@example.org", "wrong", 1, "verdict: WrongPassword (staff: {PLAIN} does not match)", "staff: the file has ann@example.org, password {PLAIN}, home ")]
    [InlineData("bob@example.org", "right", 1, "staff: NoSuchUser (not in the file)", "verdict: NoSuchUser")]
    [InlineData("any@lab.example", "x", 0, "the chain asks, in this order: lab", "verdict: Authenticated (lab: static)")]
    public async Task Each_step_and_the_verdict_are_told(string user, string password, int exit, params string[] told)
    {
        await using var process = await TestAsync(user, password);
        Assert.Equal(exit, await process.ExitAsync());
        Assert.All(told, text => Assert.Contains(text, process.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("right", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mail", 0, "verdict: Authenticated")]
    [InlineData("calendar", 1, "tokens: NotAuthorized (it is meant for 'calendar' (aud), and not for any of Audiences)")]
    public async Task A_token_is_tested_step_by_step_and_never_shown(string audience, int exit, string told)
    {
        await using var issuer = await TestIssuer.StartAsync();
        await ConfigureAsync();
        var configuration = JsonNode.Parse(await File.ReadAllTextAsync(_folder.File("proxy.json"), TestContext.Current.CancellationToken))!;
        configuration["Directory"]!["Chain"]!.AsArray().Add(JsonNode.Parse($$"""
            { "Name": "tokens", "Provider": "oauth", "OAuth": { "Issuer": "{{issuer.Url}}", "Audiences": ["mail"], "Users": "staff" } }
            """));
        await File.WriteAllTextAsync(_folder.File("proxy.json"), configuration.ToJsonString(), TestContext.Current.CancellationToken);
        var token = issuer.Token(claims => claims["aud"] = audience, user: "ann@example.org");
        await using var process = MailProxyProcess.StartWithin(
            Feed(token), ["user", "test", "ann@example.org", "--mechanism", "OAUTHBEARER", "--config", _folder.File("proxy.json")]);
        Assert.Equal(exit, await process.ExitAsync());
        Assert.Contains($"tokens: a JWT of '{issuer.Url}', signed by RS256, key 'key-1'", process.Output, StringComparison.Ordinal);
        Assert.Contains(told, process.Output, StringComparison.Ordinal);
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, process.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_is_for_scripts()
    {
        await using var process = await TestAsync("ann@example.org", "right", "--json");
        Assert.Equal(0, await process.ExitAsync());
        var report = JsonNode.Parse(process.Output)!;
        Assert.Equal("authenticated", (string?)report["verdict"]!["outcome"]);
        Assert.Equal("store-7", (string?)report["verdict"]!["user"]!["home"]);
        Assert.Equal("10G", (string?)report["verdict"]!["user"]!["attributes"]!["quota"]);
    }

    [Fact]
    public async Task A_directory_that_is_away_is_told_as_such()
    {
        await ConfigureAsync();
        File.Delete(_folder.File("staff.json"));
        await using var away = MailProxyProcess.StartWithin(Feed("right"), "user", "test", "ann@example.org", "--config", _folder.File("proxy.json"));
        Assert.Equal(1, await away.ExitAsync());
        Assert.Contains("staff.json", away.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flush_reaches_a_proxy_and_says_when_it_does_not()
    {
        await ConfigureAsync();
        await using var proxy = MailProxyProcess.Start("proxy", "--config", _folder.File("proxy.json"), "--set", "Http:Admin=127.0.0.1:0");
        var line = await proxy.SeeAsync("admin 127.0.0.1:");
        var address = line[(line.IndexOf("admin ", StringComparison.Ordinal) + "admin ".Length)..].Split(' ', ',')[0];
        await using var flush = MailProxyProcess.Start("user", "flush", "ann@example.org", "--admin", address);
        Assert.Equal(0, await flush.ExitAsync());
        Assert.Contains($"{address}: 0 kept answers about ann@example.org forgotten.", flush.Output, StringComparison.Ordinal);
        await using var nobody = MailProxyProcess.Start("user", "flush", "ann@example.org", "--admin", "127.0.0.1:1");
        Assert.Equal(1, await nobody.ExitAsync());
        await using var nowhere = MailProxyProcess.Start("user", "flush", "ann@example.org");
        Assert.Equal(2, await nowhere.ExitAsync());
    }

    // A line of standard input, as "echo ... | mailproxy" gives it.
    private static string[] Feed(string line) => ["sh", "-c", "printf '%s\\n' \"$0\" | \"$@\"", line];

    private async Task<MailProxyProcess> TestAsync(string user, string password, params string[] more)
    {
        await ConfigureAsync();
        return MailProxyProcess.StartWithin(Feed(password), ["user", "test", user, "--config", _folder.File("proxy.json"), .. more]);
    }

    private async Task ConfigureAsync()
    {
        await File.WriteAllTextAsync(_folder.File("staff.json"), """
            { "domains": ["example.org"], "users": [ { "name": "ann@example.org", "password": "{PLAIN}right", "home": "store-7", "attributes": { "quota": "10G" } } ] }
            """);
        await File.WriteAllTextAsync(_folder.File("proxy.json"), """
            {
              "Node": { "Name": "x", "HostName": "mail.example.org" },
              "Listeners": [ { "Protocol": "imap", "Address": "127.0.0.1", "Port": 0, "Tls": "none" } ],
              "Authentication": { "ClearText": "loopback" },
              "Directory": {
                "Provider": "chain",
                "Chain": [
                  { "Name": "staff", "Provider": "file", "File": { "Path": "staff.json" } },
                  { "Name": "lab", "Domains": ["lab.example"], "Provider": "static", "Static": { "Password": "{PLAIN}x" } }
                ]
              },
              "Routing": { "Mode": "static", "Stores": [ { "Id": "store-1", "Address": "127.0.0.1", "Ports": { "imap": 1 }, "Tls": "none" } ] },
              "Stores": { "Login": "password" }
            }
            """);
    }
}
