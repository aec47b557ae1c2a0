using System.Net;
using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.Embedded;
using MailProxy.Routing.Consul.Model;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailProxy.Routing.Tests.Agent;

public sealed class EmbeddedAgentTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_ttl_check_that_nobody_renews_turns_critical()
    {
        await using var agent = await StartAsync();
        using var consul = Client(agent);
        await consul.Agent.RegisterServiceAsync(RunningCluster.Store("s") with { Check = new CheckDefinition { Ttl = "10s" } }, None);
        await consul.Agent.UpdateCheckAsync("service:s", new CheckUpdate("passing", ""), None);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("passing", await StatusAsync(consul));

        await consul.Agent.UpdateCheckAsync("service:s", new CheckUpdate("passing", ""), None);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("passing", await StatusAsync(consul));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("critical", await StatusAsync(consul));
    }

    [Fact]
    public async Task A_service_that_stays_critical_goes_when_it_asked_for_that()
    {
        await using var agent = await StartAsync();
        using var consul = Client(agent);
        var check = new CheckDefinition { Ttl = "10s", DeregisterCriticalServiceAfter = "1s" };
        await consul.Agent.RegisterServiceAsync(RunningCluster.Store("s") with { Check = check }, None);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(await consul.Agent.ServiceAsync("s", None));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await consul.Agent.ServiceAsync("s", None));
    }

    [Fact]
    public async Task A_session_is_lost_after_twice_its_ttl_and_its_lock_free_after_the_delay()
    {
        await using var agent = await StartAsync();
        using var consul = Client(agent);
        var session = await consul.Session.CreateAsync(new SessionDefinition { Ttl = "10s" }, None);
        var other = await consul.Session.CreateAsync(new SessionDefinition(), None);
        Assert.True(await consul.Kv.AcquireAsync("k", default, session, None));

        time.Advance(TimeSpan.FromSeconds(19));
        Assert.True(await consul.Session.RenewAsync(session, None));
        time.Advance(TimeSpan.FromSeconds(21));
        Assert.False(await consul.Session.RenewAsync(session, None));
        Assert.False(await consul.Kv.AcquireAsync("k", default, other, None));
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.True(await consul.Kv.AcquireAsync("k", default, other, None));
    }

    [Fact]
    public async Task The_kv_store_and_its_indexes_outlive_a_restart()
    {
        var file = Path.Combine(System.IO.Directory.CreateTempSubdirectory("mailproxy-kv").FullName, "sub", "kv.json");
        ulong index;
        await using (var agent = await StartAsync(file))
        {
            using var consul = Client(agent);
            await consul.Kv.PutAsync("p/gone", "x"u8.ToArray(), None);
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => consul.Kv.PutAsync($"p/k{i}", "v"u8.ToArray(), None)));
            await consul.Kv.DeleteAsync("p/gone", None);

            // On disk when it was answered, not when the agent stops.
            var lengthNow = new FileInfo(file).Length;
            index = (await consul.Kv.ListAsync("p/", default, None)).Index;
            Assert.True(lengthNow > 0);
            File.Copy(file, file + ".crash");
        }

        File.Move(file + ".crash", file, overwrite: true);
        await using var again = await StartAsync(file);
        using var reader = Client(again);
        var listed = await reader.Kv.ListAsync("p/", default, None);
        Assert.Equal(50, listed.Value.Count);
        Assert.True(listed.Index >= index);
        await reader.Kv.PutAsync("p/new", "v"u8.ToArray(), None);
        Assert.True((await reader.Kv.GetAsync("p/new", default, None)).Value!.ModifyIndex > index);
    }

    [Theory]
    [InlineData("{ half")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task A_file_that_is_none_of_ours_is_told_by_its_name(string content)
    {
        var file = Path.Combine(System.IO.Directory.CreateTempSubdirectory("mailproxy-kv").FullName, "kv.json");
        await File.WriteAllTextAsync(file, content);
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(file));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_cannot_be_kept_is_not_acknowledged()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("mailproxy-kv").FullName;
        var file = Path.Combine(folder, "kv.json");
        await using var agent = await StartAsync(file);
        using var consul = Client(agent);

        // A folder where the new file would be written: root, too, cannot open that.
        System.IO.Directory.CreateDirectory(file + ".new");
        var error = await Assert.ThrowsAsync<ConsulException>(() => consul.Kv.PutAsync("k", "v"u8.ToArray(), None));
        Assert.Equal(500, error.StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_io_exception_that_says_so()
    {
        await using var agent = await StartAsync();
        var second = new EmbeddedAgentOptions { Port = agent.Endpoint.Port };
        var error = await Assert.ThrowsAsync<IOException>(() => EmbeddedConsulAgent.StartAsync(second, new RecordingLogger(), time, None));
        Assert.IsType<AddressInUseException>(error.InnerException);
    }

    [Fact]
    public async Task A_stopping_agent_answers_blocked_queries_early()
    {
        var agent = await StartAsync();
        using var consul = Client(agent);
        await consul.Kv.PutAsync("k", "v"u8.ToArray(), None);
        var index = (await consul.Kv.GetAsync("k", default, None)).Index;
        var blocked = consul.Kv.GetAsync("k", new ConsulQuery(index, TimeSpan.FromMinutes(5)), None);
        await Client(agent).Status.LeaderAsync(None);
        await agent.DisposeAsync();
        var early = await Record.ExceptionAsync(() => blocked.WaitAsync(TimeSpan.FromSeconds(20)));

        // Either answered with the old index, or (accepted too late to be read) refused: never left hanging.
        Assert.True(early is null ? (await blocked).Index == index : early is ConsulException, early?.ToString());
    }

    [Theory]
    [InlineData("POST", "/v1/kv/x", 405)]
    [InlineData("PUT", "/v1/kv/", 400)]
    [InlineData("PUT", "/v1/kv/x?cas=1&acquire=2", 400)]
    [InlineData("PUT", "/v1/kv/x?cas=abc", 400)]
    [InlineData("GET", "/v1/kv/x?stale&consistent", 400)]
    [InlineData("GET", "/v1/kv/x?dc=elsewhere", 500)]
    [InlineData("PUT", "/v1/agent/service/register", 400)]
    [InlineData("PUT", "/v1/agent/check/update/none", 400)]
    [InlineData("PUT", "/v1/txn", 400)]
    [InlineData("GET", "/v1/nowhere", 404)]
    [InlineData("GET", "/", 404)]
    public async Task Requests_that_make_no_sense_get_an_error_in_text(string method, string path, int status)
    {
        await using var agent = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(agent.Address) };
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : new StringContent("") };
        using var response = await http.SendAsync(request);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.NotEmpty(await response.Content.ReadAsStringAsync());
    }

    private static ConsulClient Client(EmbeddedConsulAgent agent) => new(new ConsulOptions { Address = agent.Address }, null, TimeProvider.System);

    private static async Task<string> StatusAsync(ConsulClient consul) =>
        (await consul.Health.ServiceAsync("mail-store", default, None)).Value.Single().Checks.Single(c => c.ServiceId == "s").Status;

    private Task<EmbeddedConsulAgent> StartAsync(string? file = null) =>
        EmbeddedConsulAgent.StartAsync(new EmbeddedAgentOptions { Port = 0, DataFile = file }, new RecordingLogger(), time, None);
}
