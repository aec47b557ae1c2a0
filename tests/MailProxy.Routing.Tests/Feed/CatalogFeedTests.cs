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
    public async Task Of_two_instances_of_one_store_the_healthy_one_counts()
    {
        var rig = new FeedRig();
        await rig.CatalogAsync(FeedRig.Store("s1", "critical", "10.0.0.1"), FeedRig.Store("s1", "passing", "10.0.0.2"));
        Assert.Equal(("10.0.0.2", StoreState.Online), (rig.Router.View.Stores["s1"].Address, rig.Router.View.Stores["s1"].State));
        Assert.Contains("more than one node", Assert.Single(rig.Log.Warnings), StringComparison.Ordinal);
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
