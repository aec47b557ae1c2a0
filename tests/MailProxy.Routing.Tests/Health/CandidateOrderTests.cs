using System.Collections.Frozen;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Health;
using Xunit;

namespace MailProxy.Routing.Tests.Health;

public sealed class CandidateOrderTests
{
    private static readonly FrozenDictionary<StoreService, int> Ports = new Dictionary<StoreService, int> { [StoreService.Imap] = 143 }.ToFrozenDictionary();
    private static readonly string[] Users = [.. Enumerable.Range(0, 6_000).Select(number => $"user{number}@example.org")];

    [Fact]
    public void A_user_has_the_same_address_each_time_and_everywhere()
    {
        var one = Store(("10.0.0.1", 1, false), ("10.0.0.2", 1, false), ("10.0.0.3", 1, false));
        var other = Store(("10.0.0.3", 1, false), ("10.0.0.1", 1, false), ("10.0.0.2", 1, false));
        Assert.All(Users.Take(500), user => Assert.Equal(First(one, user), First(other, user)));
    }

    [Fact]
    public void Weights_share_out_the_users()
    {
        var counts = Users.CountBy(user => First(Store(("10.0.0.1", 1, false), ("10.0.0.2", 2, false), ("10.0.0.3", 3, false)), user)).ToDictionary();
        Assert.InRange(counts["10.0.0.1"], 850, 1_150);
        Assert.InRange(counts["10.0.0.2"], 1_850, 2_150);
        Assert.InRange(counts["10.0.0.3"], 2_850, 3_150);
    }

    [Fact]
    public void When_an_address_goes_only_its_users_go_elsewhere()
    {
        var whole = Store(("10.0.0.1", 1, false), ("10.0.0.2", 1, false), ("10.0.0.3", 1, false));
        var less = Store(("10.0.0.1", 1, false), ("10.0.0.2", 1, true), ("10.0.0.3", 1, false));
        Assert.All(Users.Where(user => First(whole, user) != "10.0.0.2"), user => Assert.Equal(First(whole, user), First(less, user)));
        Assert.DoesNotContain("10.0.0.2", Users.Select(user => First(less, user)));
    }

    [Fact]
    public void Weight_zero_comes_last_for_everybody()
    {
        var store = Store(("10.0.0.1", 0, false), ("10.0.0.2", 1, false));
        Assert.All(Users.Take(500), user => Assert.Equal("10.0.0.2", First(store, user)));
        Assert.Equal("10.0.0.1", CandidateOrder.Of(store, StoreService.Imap, "alice")[1].Address);
    }

    [Fact]
    public void One_address_is_the_catalogs_own_list_and_nothing_when_it_is_out()
    {
        var store = Store(("10.0.0.1", 1, false));
        Assert.Same(store.Candidates, CandidateOrder.Of(store, StoreService.Imap, "alice"));
        Assert.Empty(CandidateOrder.Of(store, StoreService.Pop3, "alice"));
        Assert.Empty(CandidateOrder.Of(Store(("10.0.0.1", 1, true)), StoreService.Imap, "alice"));
    }

    private static string First(StoreNode store, string user) => CandidateOrder.Of(store, StoreService.Imap, user)[0].Address;

    private static StoreNode Store(params (string Address, int Weight, bool IsOut)[] addresses)
    {
        var health = new StoreHealth();
        return new StoreNode("s1", addresses[0].Address, Ports, StoreTlsMode.None, null, StoreState.Online)
            .With(health, [.. addresses.Select(entry => new StoreCandidate(entry.Address, Ports, health, entry.Weight, entry.IsOut))]);
    }
}
