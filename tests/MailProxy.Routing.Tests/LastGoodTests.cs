using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.LastGood;
using MailProxy.Routing.Decisions;
using Xunit;

namespace MailProxy.Routing.Tests;

/// <summary>A node that starts while Consul is away.</summary>
public sealed class LastGoodTests : IDisposable
{
    private const int Pins = 6;

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("mailproxy-last-good").FullName;

    private string FilePath => Path.Combine(folder, "state", "routing.json");

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_routes_by_what_Consul_said_last_and_says_so()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await KeepAsync(cluster);
        await cluster.StopAgentAsync();

        var log = new RecordingLogger();
        await using var service = Starting(cluster, log);
        await service.ReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("store-2", service.Router.Route("user-1@example.org", null).StoreId);
        Assert.Equal(RouteReason.Domain, service.Router.Route("x@example.com", null).Reason);
        Assert.Equal(RouteReason.Slot, service.Router.Route("x@example.net", null).Reason);
        Assert.Equal(RouteOutcome.StoreOffline, service.Router.Route("x@example.com", null).Outcome);
        Assert.Equal(RouteOutcome.Held, service.Router.Route("held@example.org", null).Outcome);
        Assert.Equal(10143, service.Router.Route("user-1@example.org", null).Store!.Ports[StoreService.Imap]);
        Assert.Null(service.Router.Unreadiness);
        Assert.Contains(service.Problems, problem => problem.Contains("until Consul answers", StringComparison.Ordinal) && problem.Contains(FilePath, StringComparison.Ordinal));
        Assert.True(service.Router.ViewAge > TimeSpan.Zero);
        await log.WaitForWarningAsync("routing by the last good view");
    }

    [Fact]
    public async Task What_Consul_says_when_it_is_back_replaces_it_but_not_a_sudden_nothing()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await KeepAsync(cluster);
        await cluster.StopAgentAsync();
        await using var service = Starting(cluster, new RecordingLogger());
        await service.ReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

        // A fresh agent at the old address knows neither pins nor stores.
        await cluster.StartAgentAgainAsync();
        await cluster.PutAsync("mailproxy/domains/example.com", "store-2");
        await service.Router.WaitForAsync("x@example.com", d => d.StoreId == "store-2");
        Assert.Equal("store-2", service.Router.Route("user-1@example.org", null).StoreId);
        Assert.Equal(RouteOutcome.Routed, service.Router.Route("user-1@example.org", null).Outcome);

        await cluster.RegisterStoresAsync();
        await cluster.PutAsync("mailproxy/users/user-1@example.org", "store-1");
        await service.Router.WaitForAsync("user-1@example.org", d => d.StoreId == "store-1");
    }

    [Fact]
    public async Task Consuls_own_answer_comes_first()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await KeepAsync(cluster);
        await cluster.PutAsync("mailproxy/users/user-1@example.org", "store-1");
        await using var service = Starting(cluster, new RecordingLogger(), after: TimeSpan.FromMinutes(5));
        await service.ReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("store-1", service.Router.Route("user-1@example.org", null).StoreId);
        Assert.Empty(service.Problems);
    }

    [Theory]
    [InlineData("{", "The last good view in")]
    [InlineData("null", "it is empty")]
    [InlineData("""{"Layout":2}""", "its layout is 2")]
    [InlineData("""{"Layout":1,"Prefix":"other","StoreService":"mail-store","ConfirmedAt":"2999-01-01T00:00:00Z"}""", "it is of other and mail-store")]
    [InlineData("""{"Layout":1,"Prefix":"mailproxy","StoreService":"mail-store","ConfirmedAt":"2020-01-01T00:00:00Z"}""", "Routing:LastGood:Limit is 7.00:00:00")]
    public async Task A_file_that_cannot_be_trusted_is_not_used_and_the_log_says_why(string content, string reason)
    {
        await using var cluster = await RunningCluster.StartAsync();
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, content, TestContext.Current.CancellationToken);
        await cluster.StopAgentAsync();
        var log = new RecordingLogger();
        await using var service = Starting(cluster, log);
        await log.WaitForWarningAsync(reason);
        Assert.False(service.ReadyAsync(CancellationToken.None).IsCompleted);
        Assert.Equal(RouteOutcome.NotLoaded, service.Router.Route("user-1@example.org", null).Outcome);
    }

    [Fact]
    public async Task Only_its_owner_may_read_it_and_a_folder_that_cannot_be_written_is_told()
    {
        await using var cluster = await RunningCluster.StartAsync();
        await KeepAsync(cluster);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }

        var log = new RecordingLogger();
        var service = new RoutingService(cluster.Options, log, TimeProvider.System);
        service.KeepLastGood(new LastGoodOptions { File = Path.Combine(FilePath, "below-a-file") });
        service.Start();
        await service.ReadyAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        await service.DisposeAsync();
        await log.WaitForWarningAsync("cannot be written");
        Assert.Contains(service.Problems, problem => problem.StartsWith("the last good view cannot be written", StringComparison.Ordinal));
    }

    private static async Task FillAsync(RunningCluster cluster)
    {
        for (var i = 0; i < Pins; i++)
        {
            await cluster.PutAsync($"mailproxy/users/user-{i}@example.org", "store-2");
        }

        await cluster.PutAsync("mailproxy/users/held@example.org", """{"store":"store-1","state":"held","moving":"store-2","move":"m1"}""");
        await cluster.PutAsync("mailproxy/domains/example.com", "store-1");
        await cluster.PutAsync("mailproxy/stores/store-1", "offline");
        await cluster.PutAsync("mailproxy/slots", """{"count":16,"ranges":[{"from":0,"to":15,"store":"store-2"}]}""");
    }

    // A node that saw all of it, and stopped: what it had is on disk.
    private async Task KeepAsync(RunningCluster cluster)
    {
        await FillAsync(cluster);
        await using var service = Starting(cluster, new RecordingLogger());
        await service.Router.WaitUntilAsync(() => service.Router.Unreadiness is null);
    }

    private RoutingService Starting(RunningCluster cluster, RecordingLogger log, TimeSpan after = default)
    {
        var service = new RoutingService(cluster.Options, log, TimeProvider.System);
        service.KeepLastGood(new LastGoodOptions { File = FilePath, After = after });
        service.Start();
        return service;
    }
}
