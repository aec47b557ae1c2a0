using System.Collections.Frozen;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Slots;
using MailProxy.Routing.Views;
using Xunit;

namespace MailProxy.Routing.Tests.Views;

public sealed class RouteRulesTests
{
    private static readonly RoutingView Full = new RoutingView
    {
        Pins = new Dictionary<string, Pin>
        {
            ["pinned@example.org"] = new("s-pin"),
            ["held@example.org"] = new("s-pin", PinState.Held, "s-home", "m1"),
            ["lost@example.org"] = new("s-unknown"),
            ["down@example.org"] = new("s-down"),
            ["drained@example.org"] = new("s-drained"),
        },
        Domains = new Dictionary<string, string> { ["example.org"] = "s-domain" },
        Slots = Table(8, 0, 6, "s-slot"),
        Services = new[] { "s-pin", "s-home", "s-domain", "s-slot", "s-down", "s-drained" }.ToDictionary(id => id, Node),
        OperatorStates = new Dictionary<string, StoreState> { ["s-down"] = StoreState.Offline, ["s-drained"] = StoreState.Draining },
        Loaded = ViewParts.All,
    }.WithStores();

    [Theory]
    [InlineData("pinned@example.org", "s-home", RouteOutcome.Routed, "s-pin", RouteReason.Pin, "pin mp/users/pinned@example.org")]
    [InlineData("other@example.org", "s-home", RouteOutcome.Routed, "s-home", RouteReason.DirectoryHome, "home in the directory")]
    [InlineData("other@example.org", null, RouteOutcome.Routed, "s-domain", RouteReason.Domain, "domain mp/domains/example.org")]
    [InlineData("other@example.org", "", RouteOutcome.Routed, "s-domain", RouteReason.Domain, "domain mp/domains/example.org")]
    [InlineData("bob@example.net", null, RouteOutcome.Routed, "s-slot", RouteReason.Slot, "slot 0 of 8")]
    [InlineData("held@example.org", "s-home", RouteOutcome.Held, "s-pin", RouteReason.Pin, "pin mp/users/held@example.org: held, moving to s-home")]
    [InlineData("lost@example.org", "s-home", RouteOutcome.NoRoute, "s-unknown", RouteReason.Pin, "names s-unknown, which the catalog does not have")]
    [InlineData("down@example.org", "s-home", RouteOutcome.StoreOffline, "s-down", RouteReason.Pin, "pin mp/users/down@example.org")]
    [InlineData("drained@example.org", "s-home", RouteOutcome.Routed, "s-drained", RouteReason.Pin, "pin mp/users/drained@example.org")]
    public void The_first_rule_that_names_a_store_decides(
        string user, string? home, RouteOutcome outcome, string store, RouteReason reason, string detail)
    {
        var decision = RouteRules.Decide(Full, "mp", user, home);
        Assert.Equal((outcome, store, reason), (decision.Outcome, decision.StoreId, decision.Reason));
        Assert.Contains(detail, decision.Detail, StringComparison.Ordinal);
        Assert.Equal(outcome is not RouteOutcome.NoRoute, decision.Store is not null);
    }

    [Fact]
    public void Every_rule_is_explained_and_the_first_that_names_a_store_decides()
    {
        Assert.Equal(
            [
                new RuleLook(RouteReason.Pin, "mp/users/pinned@example.org", "s-pin, online", true),
                new RuleLook(RouteReason.DirectoryHome, "home in the directory", "s-down, offline (set offline by the operator)", false),
                new RuleLook(RouteReason.Domain, "mp/domains/example.org", "s-domain, online", false),
                new RuleLook(RouteReason.Slot, $"slot {SlotHash.SlotOf("pinned@example.org", 8)} of 8", SlotHash.SlotOf("pinned@example.org", 8) == 7 ? "no store" : "s-slot, online", false),
            ],
            RouteRules.Explain(Full, "mp", "pinned@example.org", "s-down"));
        Assert.Equal(
            ["nothing", "nothing", "nothing", "nothing"],
            RouteRules.Explain(Full with { Slots = null }, "mp", "bob@example.net", null).Select(look => look.Says));
        Assert.Equal("s-unknown, which the catalog does not have", RouteRules.Explain(Full, "mp", "lost@example.org", null)[0].Says);
        Assert.Equal("s-pin, held", RouteRules.Explain(Full, "mp", "held@example.org", null)[0].Says);
        Assert.DoesNotContain(RouteRules.Explain(RoutingView.Empty, "mp", "bob@example.org", "s-home"), look => look.Decides);
    }

    // The explanation must never tell another story than the decision.
    [Theory]
    [InlineData("pinned@example.org", "s-home")]
    [InlineData("held@example.org", "s-home")]
    [InlineData("lost@example.org", null)]
    [InlineData("other@example.org", "s-home")]
    [InlineData("other@example.org", "")]
    [InlineData("other@example.org", null)]
    [InlineData("bob@example.net", null)]
    [InlineData("bob", null)]
    public void What_decides_is_the_rule_of_the_decision(string user, string? home) =>
        Assert.Equal(RouteRules.Decide(Full, "mp", user, home).Reason, Assert.Single(RouteRules.Explain(Full, "mp", user, home), look => look.Decides).Rule);

    [Fact]
    public void Without_any_rule_there_is_no_route()
    {
        var decision = RouteRules.Decide(Full with { Slots = null }, "mp", "bob@example.net", null);
        Assert.Equal((RouteOutcome.NoRoute, RouteReason.None), (decision.Outcome, decision.Reason));
    }

    [Fact]
    public void A_slot_of_no_store_is_no_route_and_names_the_slot()
    {
        var decision = RouteRules.Decide(Full with { Slots = Table(8, 1, 7, "s-slot") }, "mp", "bob@example.net", null);
        Assert.Equal((RouteOutcome.NoRoute, "slot 0 of 8 belongs to no store"), (decision.Outcome, decision.Detail));
    }

    [Fact]
    public void Before_everything_is_loaded_nothing_is_decided()
    {
        var decision = RouteRules.Decide(Full with { Loaded = ViewParts.All & ~ViewParts.Pins }, "mp", "pinned@example.org", "s-home");
        Assert.Equal(RouteOutcome.NotLoaded, decision.Outcome);
    }

    [Theory]
    [InlineData("%s%n@example.org")]
    [InlineData("../../slots")]
    [InlineData("users/pinned@example.org")]
    [InlineData("*@example.org")]
    [InlineData("pinned@example.org\0")]
    [InlineData("")]
    public void No_user_name_reaches_the_pin_of_another(string user) =>
        Assert.NotEqual(RouteReason.Pin, RouteRules.Decide(Full, "mp", user, null).Reason);

    [Fact]
    public void The_operator_can_take_a_store_out_but_not_heal_it()
    {
        var sick = Node("s") with { State = StoreState.Offline, StateDetail = "check tcp critical" };
        foreach (var word in new[] { StoreState.Online, StoreState.Draining })
        {
            var view = new RoutingView
            {
                Services = new Dictionary<string, StoreNode> { ["s"] = sick },
                OperatorStates = new Dictionary<string, StoreState> { ["s"] = word },
            }.WithStores();
            Assert.Equal((StoreState.Offline, "check tcp critical"), (view.Stores["s"].State, view.Stores["s"].StateDetail));
        }
    }

    private static StoreNode Node(string id) =>
        new(id, "127.0.0.1", FrozenDictionary<StoreService, int>.Empty, StoreTlsMode.None, null, StoreState.Online);

    private static SlotTable Table(int count, int from, int to, string store)
    {
        var json = $$"""{"count":{{count}},"ranges":[{"from":{{from}},"to":{{to}},"store":"{{store}}"}]}""";
        Assert.True(SlotTableParser.TryParse(System.Text.Encoding.UTF8.GetBytes(json), out var table, out var problem), problem);
        return table;
    }
}
