using MailProxy.Routing.Catalog;
using MailProxy.Routing.Consul.Feed;
using MailProxy.Routing.Consul.Watch;
using Xunit;

namespace MailProxy.Routing.Tests.Feed;

public sealed class CatalogFeedTests
{
    private const string Table = """{"count":2,"ranges":[{"from":0,"to":1,"store":"s1"}]}""";

    [Fact]
    public async Task A_store_is_read_from_its_service()
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.Store("s1", meta: [("imap", "143"), ("pop3s", "995"), ("http", "80"), ("tls", "implicit"), ("login", "master")]));
        var store = rig.Router.View.Stores["s1"];
        Assert.Equal(("127.0.0.1", StoreTlsMode.Implicit, "master", StoreState.Online), (store.Address, store.Tls, store.Login, store.State));
        Assert.Equal([(StoreService.Imap, 143), (StoreService.Pop3s, 995), (StoreService.Http, 80)], store.Ports.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)));
    }

    [Fact]
    public async Task Without_an_address_of_its_own_the_nodes_is_used_and_without_a_word_tls_is_required()
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.Store("s1", address: ""));
        Assert.Equal(("10.0.0.9", StoreTlsMode.StartTls), (rig.Router.View.Stores["s1"].Address, rig.Router.View.Stores["s1"].Tls));
    }

    [Theory]
    [InlineData("passing", StoreState.Online)]
    [InlineData("warning", StoreState.Online)]
    [InlineData("critical", StoreState.Offline)]
    public async Task Checks_make_the_state(string status, StoreState state)
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.Store("s1", status));
        Assert.Equal(state, rig.Router.View.Stores["s1"].State);
        Assert.Equal(state == StoreState.Offline ? "check service:s1 critical: said so" : "", rig.Router.View.Stores["s1"].StateDetail);
    }

    [Fact]
    public async Task An_empty_answer_never_empties_the_catalog()
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.Store("s1"), FeedRig.Store("s2"));
        rig.Time.Advance(TimeSpan.FromDays(1));

        // Believed, so that the watch goes on blocking and sees at once when a store is back.
        Assert.Equal(WatchVerdict.Believed, await rig.CatalogAsync());
        Assert.Equal(2, rig.Router.Stores.Count);
        Assert.Contains("lists no mail-store any more", Assert.Single(rig.Catalog.Problems), StringComparison.Ordinal);
        Assert.Single(rig.Log.Warnings);

        await rig.CatalogAsync(FeedRig.Store("s1"));
        Assert.Single(rig.Router.Stores);
        Assert.Empty(rig.Catalog.Problems);
    }

    [Theory]
    [InlineData("tls", "tls1.3")]
    [InlineData("login", "root")]
    [InlineData("imap", "imap")]
    [InlineData("imap", "65536")]
    [InlineData("imap", "0")]
    [InlineData("imap", "-143")]
    public async Task Bad_metadata_keeps_the_last_good_settings_but_not_the_last_state(string key, string value)
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.Store("s1", meta: [("imap", "143"), ("tls", "implicit")]));
        var meta = new Dictionary<string, string> { ["imap"] = "144", ["tls"] = "none", [key] = value };
        await rig.CatalogAsync(FeedRig.Store("s1", "critical", meta: [.. meta.Select(m => (m.Key, m.Value))]), FeedRig.Store("new", meta: (key, value)));

        var store = Assert.Single(rig.Router.View.Stores.Values);
        Assert.Equal((143, StoreTlsMode.Implicit, StoreState.Offline), (store.Ports[StoreService.Imap], store.Tls, store.State));
        Assert.Equal(2, rig.Log.Warnings.Count(w => w.Contains(value, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("bad id")]
    [InlineData("")]
    [InlineData("../s")]
    public async Task An_id_that_cannot_stand_in_keys_is_no_store(string id)
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.Store(id), FeedRig.Store("s1"));
        Assert.Equal(["s1"], rig.Router.View.Stores.Keys);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("x\r\nCONNECT")]
    public async Task An_address_that_is_no_host_is_no_store(string address)
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.Store("s1", address: address));
        Assert.Empty(rig.Router.View.Stores);
    }

    [Fact]
    public async Task Instances_of_one_id_on_several_nodes_are_one_store_with_several_addresses()
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(
            FeedRig.On("b", FeedRig.Store("s1", "passing", "10.0.0.2"), weight: 3), FeedRig.On("a", FeedRig.Store("s1", "critical", "10.0.0.1")), FeedRig.On("c", FeedRig.Store("s1", "warning", "10.0.0.3")));
        var store = Assert.Single(rig.Router.Stores);
        Assert.Equal(("10.0.0.2", StoreState.Online, "10.0.0.1: check service:s1 critical: said so"), (store.Address, store.State, store.StateDetail));
        Assert.Equal(
            [("10.0.0.2", 3, false), ("10.0.0.1", 1, true), ("10.0.0.3", 1, false)], store.Candidates.Select(candidate => (candidate.Address, candidate.Weight, candidate.IsOut)));
        Assert.Empty(rig.Log.Warnings);
    }

    [Fact]
    public async Task A_store_is_offline_when_all_its_addresses_are_and_comes_back_paced()
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.On("a", FeedRig.Store("s1", "critical", "10.0.0.1")), FeedRig.On("b", FeedRig.Store("s1", "critical", "10.0.0.2")));
        var store = Assert.Single(rig.Router.Stores);
        Assert.Equal(StoreState.Offline, store.State);
        Assert.Contains("10.0.0.1: check", store.StateDetail, StringComparison.Ordinal);
        Assert.Contains("10.0.0.2: check", store.StateDetail, StringComparison.Ordinal);
        Assert.True(store.Health.IsCalm);

        await rig.CatalogAsync(FeedRig.On("a", FeedRig.Store("s1", "critical", "10.0.0.1")), FeedRig.On("b", FeedRig.Store("s1", "passing", "10.0.0.2")));
        var back = Assert.Single(rig.Router.Stores);
        Assert.Equal((StoreState.Online, "10.0.0.2"), (back.State, back.Address));
        Assert.Same(store.Health, back.Health);
        Assert.False(back.Health.IsCalm);
    }

    [Fact]
    public async Task What_is_known_of_an_address_survives_updates_until_the_catalog_drops_it()
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.On("a", FeedRig.Store("s1", address: "10.0.0.1")), FeedRig.On("b", FeedRig.Store("s1", address: "10.0.0.2")));
        var before = rig.Router.View.Stores["s1"].Candidates[0].For(StoreService.Imap)!;
        await rig.CatalogAsync(FeedRig.On("a", FeedRig.Store("s1", address: "10.0.0.1"), weight: 2));
        Assert.Same(before, rig.Router.View.Stores["s1"].Candidates[0].For(StoreService.Imap));

        await rig.CatalogAsync(FeedRig.On("a", FeedRig.Store("s1", address: "10.0.0.3")));
        Assert.True(before.IsRetired);
        await rig.CatalogAsync(FeedRig.On("a", FeedRig.Store("s1", address: "10.0.0.1")));
        Assert.NotSame(before, rig.Router.View.Stores["s1"].Candidates[0].For(StoreService.Imap));
    }

    [Fact]
    public async Task An_address_with_other_tls_or_an_address_twice_is_left_out_with_a_warning()
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(
            FeedRig.On("a", FeedRig.Store("s1", address: "10.0.0.1")), FeedRig.On("b", FeedRig.Store("s1", address: "10.0.0.2", meta: [("imap", "143"), ("tls", "none")])),
            FeedRig.On("c", FeedRig.Store("s1", address: "10.0.0.1")));
        Assert.Equal(["10.0.0.1"], rig.Router.View.Stores["s1"].Candidates.Select(candidate => candidate.Address));
        Assert.Contains(rig.Log.Warnings, warning => warning.Contains("on node b differs from that on node a", StringComparison.Ordinal));
        Assert.Contains(rig.Log.Warnings, warning => warning.Contains("node c is ignored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_slot_table_that_turned_bad_or_vanished_stays_in_force()
    {
        var rig = new FeedRig();
        await rig.SlotsAsync(FeedRig.Pair("mp/slots", Table));
        await rig.SlotsAsync(FeedRig.Pair("mp/slots", "{}", 6));
        Assert.Equal("s1", rig.Router.View.Slots!.StoreOf(1));
        Assert.Contains("mp/slots", Assert.Single(rig.Log.Warnings), StringComparison.Ordinal);

        Assert.Equal(WatchVerdict.Doubted, await rig.SlotsAsync(null));
        Assert.NotNull(rig.Router.View.Slots);
        rig.Time.Advance(DisappearanceGuard.ConfirmAfter);
        Assert.Equal(WatchVerdict.Believed, await rig.SlotsAsync(null));
        Assert.Null(rig.Router.View.Slots);
    }
}
