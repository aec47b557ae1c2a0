using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Static;
using Xunit;

namespace MailProxy.Routing.Tests.Static;

public sealed class StaticRoutingTests
{
    private static readonly RoutingOptions Two = new()
    {
        Mode = RoutingMode.Static,
        Stores =
        [
            new StaticStoreOptions { Id = "store-1", Address = "10.0.0.1", Ports = { [StoreService.Imap] = 143 } },
            new StaticStoreOptions { Id = "store-2", Address = "10.0.0.2", Ports = { [StoreService.Imaps] = 993 }, Tls = StoreTlsMode.Implicit, Login = "master" },
        ],
    };

    [Theory]
    [InlineData(null, RouteOutcome.Routed, "store-1", RouteReason.Static)]
    [InlineData("store-2", RouteOutcome.Routed, "store-2", RouteReason.DirectoryHome)]
    [InlineData("store-3", RouteOutcome.NoRoute, "store-3", RouteReason.DirectoryHome)]
    public async Task The_directory_decides_and_the_first_store_takes_the_rest(string? home, RouteOutcome outcome, string store, RouteReason reason)
    {
        await using var routing = new StaticRouting(Two);
        var decision = routing.Router.Route("alice@example.org", home);
        Assert.Equal((outcome, store, reason), (decision.Outcome, decision.StoreId, decision.Reason));
        Assert.Equal(outcome == RouteOutcome.Routed, decision.Store is not null);
    }

    [Fact]
    public async Task It_is_ready_from_the_start()
    {
        await using var routing = new StaticRouting(Two);
        routing.Start();
        await routing.ReadyAsync(CancellationToken.None);
        Assert.Null(routing.Router.Unreadiness);
        Assert.Equal("2 stores from the configuration", routing.Detail);
        Assert.Equal("master", routing.Stores.Single(node => node.Id == "store-2").Login);
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var options = new RoutingOptions
        {
            Mode = RoutingMode.Static,
            Stores =
            [
                new StaticStoreOptions { Id = "a b", Address = "not a host", Ports = { [StoreService.Imap] = 0 } },
                new StaticStoreOptions { Id = "x", Address = "10.0.0.1" },
                new StaticStoreOptions { Id = "x", Address = "10.0.0.1", Ports = { [StoreService.Pop3] = 110 } },
            ],
        };
        var errors = options.Validate("Routing").ToList();
        Assert.Equal(5, errors.Count);
        Assert.Contains(errors, error => error.StartsWith("Routing:Stores:0:Id:", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("Routing:Stores:1:Ports:", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("named twice", StringComparison.Ordinal));
        Assert.Single(new RoutingOptions { Mode = RoutingMode.Static }.Validate("Routing"));
        Assert.Single(new RoutingOptions { Stores = Two.Stores }.Validate("Routing"));
        Assert.Empty(Two.Validate("Routing"));
    }
}
