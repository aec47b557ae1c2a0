using System.Net;
using System.Net.Sockets;
using MailProxy.Http.Health;
using MailProxy.Http.Hosting;
using Xunit;

namespace MailProxy.Http.Tests;

public sealed class HealthTests : HttpTierFixture
{
    private readonly Check _directory = new("directory");
    private readonly Check _routing = new("routing");

    protected override IReadOnlyList<IReadinessCheck> Checks => [_directory, _routing];

    [Fact]
    public async Task A_live_process_says_so_however_unready_it_is()
    {
        _routing.Unreadiness = "nothing was loaded from Consul yet";
        var response = await Client.GetAsync(new Uri(Admin, "/livez"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Readiness_follows_every_check()
    {
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync("/readyz"));
        _routing.Unreadiness = "nothing was loaded from Consul yet";
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready\n"), await GetAsync("/readyz"));
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "[+] directory ok\n[-] routing: nothing was loaded from Consul yet\nnot ready\n"), await GetAsync("/readyz?verbose"));
        _routing.Unreadiness = null;
        Assert.Equal((HttpStatusCode.OK, "[+] directory ok\n[+] routing ok\nready\n"), await GetAsync("/readyz?verbose"));
    }

    [Fact]
    public async Task Probes_may_ask_for_the_head_only()
    {
        var response = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(Admin, "/readyz")));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("/directory/forget?user=%22al%20%26%25%22%40example.org", HttpStatusCode.OK, "2\n", "\"al &%\"@example.org")]
    [InlineData("/directory/forget", HttpStatusCode.BadRequest, "give the user's name", null)]
    [InlineData("/directory/forget?user=", HttpStatusCode.BadRequest, "give the user's name", null)]
    public async Task What_is_kept_of_a_user_is_forgotten_on_demand(string path, HttpStatusCode status, string answer, string? forgotten)
    {
        var response = await Client.PostAsync(new Uri(Admin, path), null);
        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(answer, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(forgotten, Directory.Forgotten);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await Client.GetAsync(new Uri(Admin, "/directory/forget?user=x"))).StatusCode);
    }

    [Fact]
    public async Task The_admin_listener_forwards_nothing()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(Request(new Uri(Admin, "/v1/me"), "alice@example.org"))).StatusCode);
    }

    [Theory]
    [InlineData(AgentState.Ready, 75, "75% up ready\n")]
    [InlineData(AgentState.Ready, 100, "100% up ready\n")]
    [InlineData(AgentState.Drain, 100, "drain\n")]
    [InlineData(AgentState.Maintenance, 100, "maint\n")]
    [InlineData(AgentState.Down, 100, "down\n")]
    public async Task An_agent_check_is_one_line_and_the_end(AgentState state, int weight, string expected)
    {
        Report = new AgentReport(state, weight);
        using var client = new TcpClient();
        await client.ConnectAsync(Tier.AgentCheckEndPoint!);
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal(expected, await reader.ReadToEndAsync().WaitAsync(Patience));
    }

    [Theory]
    [InlineData("HTTP")]
    [InlineData("admin")]
    [InlineData("agent-check")]
    public async Task A_taken_port_is_one_clear_sentence(string purpose)
    {
        var taken = Tier.AdminEndPoint!.ToString();
        var options = new HttpOptions
        {
            Listen = purpose == "HTTP" ? taken : "127.0.0.1:0",
            Admin = purpose == "admin" ? taken : "127.0.0.1:0",
            AgentCheck = purpose == "agent-check" ? taken : "127.0.0.1:0",
        };
        await using var second = Create(options);
        var failure = await Assert.ThrowsAsync<HttpListenException>(() => second.StartAsync(CancellationToken.None));
        Assert.Equal($"Cannot listen on {taken} ({purpose}): another program uses this port; stop it or configure another port.", failure.Message);
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        var response = await Client.GetAsync(new Uri(Admin, path));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class Check(string name) : IReadinessCheck
    {
        public string Name => name;

        public string? Unreadiness { get; set; }
    }
}
