using MailProxy.Routing.Consul;
using MailProxy.Routing.Consul.Feed;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Views;
using Xunit;

namespace MailProxy.Routing.Tests.Feed;

public sealed class PinFeedTests
{
    [Fact]
    public async Task A_bad_value_is_ignored_alone_and_told_once()
    {
        var rig = new FeedRig();
        for (var i = 0; i < 3; i++)
        {
            await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "store-1"), FeedRig.Pair("mp/users/b@x", "no store!"));
        }

        Assert.Equal(["a@x"], rig.Router.View.Pins.Keys);
        Assert.Contains("mp/users/b@x", Assert.Single(rig.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_turned_bad_keeps_its_last_good_one()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "store-1", 5));
        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "{broken", 6));
        Assert.Equal("store-1", rig.Router.View.Pins["a@x"].Store);

        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "store-2", 7));
        Assert.Equal("store-2", rig.Router.View.Pins["a@x"].Store);
    }

    [Fact]
    public async Task The_folder_key_is_no_pin_and_names_in_capitals_are_told()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(FeedRig.Pair("mp/users/", ""), FeedRig.Pair("mp/users/Bob@x", "store-1"), FeedRig.Pair("mp/users/a/../b@x", "store-1"));
        Assert.Equal(["a/../b@x"], rig.Router.View.Pins.Keys);
        Assert.Contains("lower case", Assert.Single(rig.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_and_ids_forge_no_log_lines()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x\n2026-01-01 forged", "store-1"));
        await rig.CatalogAsync(FeedRig.Store("s\r\nforged"), FeedRig.Store("s1", meta: ("tls", "\u001b[2J")));
        Assert.Equal(3, rig.Log.Warnings.Count);
        Assert.All(rig.Log.Warnings, w => Assert.DoesNotContain(w, char.IsControl));
    }

    [Fact]
    public async Task An_answer_that_says_nothing_new_raises_no_change()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "store-1", 5));
        var changes = 0;
        rig.Router.Changed += _ => changes++;
        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "store-1\n", 6));
        Assert.Equal(0, changes);
        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "store-2", 7));
        Assert.Equal(1, changes);
    }

    [Fact]
    public async Task A_change_names_those_whose_pins_it_wrote_changed_or_took_away()
    {
        var rig = new FeedRig();
        await LoadAsync(rig);
        List<RouteChange> changes = [];
        rig.Router.Changed += changes.Add;
        await rig.PinsAsync(FeedRig.Pair("mp/users/stays@x", "store-1"), FeedRig.Pair("mp/users/moves@x", "store-2"), FeedRig.Pair("mp/users/new@x", "store-1"));
        Assert.Equal(["gone@x", "moves@x", "new@x"], Assert.Single(changes).Users!.Order(StringComparer.Ordinal));
        Assert.True(changes[0].Concerns("gone@x"));
        Assert.False(changes[0].Concerns("stays@x"));
    }

    [Fact]
    public async Task Other_stores_move_nobody_and_other_domains_and_slots_may_move_anybody()
    {
        var rig = new FeedRig();
        await LoadAsync(rig);
        List<RouteChange> changes = [];
        rig.Router.Changed += changes.Add;
        await rig.CatalogAsync(FeedRig.Store("s1"), FeedRig.Store("s2"));
        Assert.Empty(changes[^1].Users!);
        rig.Router.Publish(view => view with { Domains = new Dictionary<string, string> { ["x"] = "s1" } }, RouteChange.Anybody);
        Assert.True(changes[^1].Concerns("anybody@x"));
    }

    [Fact]
    public async Task A_first_view_may_move_anybody()
    {
        var rig = new FeedRig();
        List<RouteChange> changes = [];
        rig.Router.Changed += changes.Add;
        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "store-1"));
        await rig.CatalogAsync(FeedRig.Store("s1"));
        Assert.All(changes, change => Assert.Null(change.Users));
        Assert.Equal(2, changes.Count);
    }

    [Fact]
    public async Task A_listener_that_fails_keeps_nobody_from_hearing()
    {
        var rig = new FeedRig();
        var heard = false;
        rig.Router.Changed += _ => throw new InvalidOperationException("listener");
        rig.Router.Changed += _ => heard = true;
        await rig.PinsAsync(FeedRig.Pair("mp/users/a@x", "store-1"));
        Assert.True(heard);
    }

    private static async Task LoadAsync(FeedRig rig)
    {
        await rig.PinsAsync(FeedRig.Pair("mp/users/stays@x", "store-1"), FeedRig.Pair("mp/users/moves@x", "store-1"), FeedRig.Pair("mp/users/gone@x", "store-1"));
        await rig.CatalogAsync(FeedRig.Store("s1"));
        rig.Router.Publish(view => view with { Loaded = ViewParts.All }, RouteChange.Anybody);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(DisappearanceGuard.Many - 1)]
    public async Task The_loss_of_a_few_is_believed_at_once(int count)
    {
        var rig = new FeedRig();
        await rig.PinsAsync(Pins(count));
        Assert.Equal(WatchVerdict.Believed, await rig.PinsAsync());
        Assert.Empty(rig.Router.View.Pins);
    }

    [Fact]
    public async Task The_loss_of_many_is_believed_only_when_it_lasts()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(Pins(DisappearanceGuard.Many));
        Assert.Equal(WatchVerdict.Doubted, await rig.PinsAsync());
        Assert.Equal(DisappearanceGuard.Many, rig.Router.View.Pins.Count);
        Assert.Contains("pins", Assert.Single(rig.Pins.Problems), StringComparison.Ordinal);

        rig.Time.Advance(DisappearanceGuard.ConfirmAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(WatchVerdict.Doubted, await rig.PinsAsync());
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(WatchVerdict.Believed, await rig.PinsAsync());
        Assert.Empty(rig.Router.View.Pins);
        Assert.Empty(rig.Pins.Problems);
    }

    [Fact]
    public async Task A_loss_that_passes_is_forgotten()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(Pins(DisappearanceGuard.Many));
        await rig.PinsAsync();
        await rig.PinsAsync(Pins(DisappearanceGuard.Many));
        Assert.Empty(rig.Pins.Problems);
        rig.Time.Advance(DisappearanceGuard.ConfirmAfter);
        Assert.Equal(WatchVerdict.Doubted, await rig.PinsAsync());
    }

    [Fact]
    public async Task A_list_that_the_acl_hides_is_never_believed()
    {
        var rig = new FeedRig { SingleKey = (403, "Permission denied") };
        var first = await Assert.ThrowsAsync<ConsulException>(async () => await rig.PinsAsync());
        Assert.Equal(ConsulFault.Denied, first.Fault);
        Assert.NotNull(rig.Router.Unreadiness);

        await rig.PinsAsync(Pins(1));
        rig.Time.Advance(DisappearanceGuard.ConfirmAfter * 2);
        await Assert.ThrowsAsync<ConsulException>(async () => await rig.PinsAsync());
        Assert.Single(rig.Router.View.Pins);
    }

    [Fact]
    public async Task A_part_of_the_list_that_the_acl_hides_is_kept_and_a_part_that_is_gone_is_not()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(Pins(20));
        rig.SingleKey = (403, "Permission denied");
        await Assert.ThrowsAsync<ConsulException>(async () => await rig.PinsAsync(Pins(3)));
        Assert.Equal(20, rig.Router.View.Pins.Count);

        rig.SingleKey = (404, "");
        Assert.Equal(WatchVerdict.Believed, await rig.PinsAsync(Pins(3)));
        Assert.Equal(3, rig.Router.View.Pins.Count);
    }

    [Fact]
    public async Task A_pin_that_no_url_can_name_does_not_stop_the_watch_when_it_goes()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(FeedRig.Pair("mp/users/a/../b@x", "store-1"));
        Assert.Equal(WatchVerdict.Believed, await rig.PinsAsync());
        Assert.Empty(rig.Router.View.Pins);
    }

    [Fact]
    public async Task A_key_that_is_back_by_the_time_it_is_asked_for_was_not_lost()
    {
        var rig = new FeedRig();
        await rig.PinsAsync(Pins(2));
        rig.SingleKey = (200, """[{"Key":"mp/users/u1@x","Value":"c3RvcmUtMQ=="}]""");
        Assert.Equal(WatchVerdict.Doubted, await rig.PinsAsync(Pins(1)));
        Assert.Equal(2, rig.Router.View.Pins.Count);
    }

    private static Consul.Model.KvPair[] Pins(int count) => [.. Enumerable.Range(0, count).Select(i => FeedRig.Pair($"mp/users/u{i}@x", "store-1"))];
}
