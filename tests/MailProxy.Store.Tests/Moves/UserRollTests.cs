using MailProxy.Store.Engine;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static MailProxy.Store.Tests.Engine.TestStore;

namespace MailProxy.Store.Tests.Moves;

/// <summary>Whom a store serves, as the command that empties it hears; and the moment in which nobody new is taken.</summary>
public sealed class UserRollTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private MoveNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await MoveNode.OpenAsync("store-1", _time);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Everybody_is_listed_once_page_by_page_with_the_weight_of_their_mail()
    {
        // One name is the beginning of another, one is not ASCII: the order is that of octets.
        string[] users = ["a@example.org", "a@example.org.test", "b@example.org", "z\u00FCrich@example.org"];
        foreach (var user in users)
        {
            await _node.Store.DeliverAsync("twelve chars", user);
            await _node.Store.DeliverAsync("x", user);
        }

        foreach (var limit in new[] { 1, 2, 3, 4, 5 })
        {
            var found = new List<StoreUser>();
            StoreUserPage page;
            do
            {
                page = await _node.Client.ListUsersAsync(found.Count == 0 ? "" : found[^1].User, limit, withSizes: true, Stop);
                Assert.InRange(page.Users.Count, 1, limit);
                found.AddRange(page.Users);
            }
            while (!page.IsLast);
            Assert.Equal(users.Select(user => new StoreUser(user, 2, 13)), found);
            Assert.Equal(("store-1", 4), (page.Store, page.MaxPulls));
        }

        Assert.All((await _node.Client.ListUsersAsync("", 10, withSizes: false, Stop)).Users, user => Assert.Equal((0, 0), (user.Messages, user.Octets)));
        Assert.True((await _node.Client.ListUsersAsync("zz", 10, withSizes: false, Stop)) is { IsLast: true, Users.Count: 1 });
    }

    [Fact]
    public async Task Who_left_and_who_is_only_staged_is_not_listed()
    {
        await using var target = await MoveNode.OpenAsync("store-2");
        await _node.Store.DeliverAsync("x", Alice);
        await _node.Store.DeliverAsync("x", Bob);
        var hold = (await _node.Client.HoldAsync(Alice, new HoldRequest("m-1", 60), Stop)).Hold!;
        await target.PullWellAsync(Alice, "m-1", _node);
        Assert.Empty((await target.Client.ListUsersAsync("", 10, withSizes: false, Stop)).Users);
        Assert.Equal([Alice, Bob], (await _node.Client.ListUsersAsync("", 10, withSizes: false, Stop)).Users.Select(user => user.User));

        await _node.Client.FenceAsync(Alice, new FenceRequest("m-1", hold, new("store-2", "store-2.test", 143, 110, 24)), Stop);
        await target.Client.ActivateAsync(Alice, new ActivateRequest("m-1", hold), Stop);

        Assert.Equal([Bob], (await _node.Client.ListUsersAsync("", 10, withSizes: false, Stop)).Users.Select(user => user.User));
        Assert.Equal([Alice], (await target.Client.ListUsersAsync("", 10, withSizes: false, Stop)).Users.Select(user => user.User));
    }

    [Fact]
    public async Task While_it_is_closed_nobody_new_is_taken_and_everybody_else_is()
    {
        await _node.Store.DeliverAsync("x", Alice);
        Assert.True((await _node.Client.CloseToNewcomersAsync(new NewcomersRequest("n-1", 60), Stop)).IsClosed);
        await _node.Client.CloseToNewcomersAsync(new NewcomersRequest("n-2", 60), Stop);

        await _node.Store.DeliverAsync("y", Alice);
        Assert.Equal(StoreFaultKind.UserHeld, (await Assert.ThrowsAsync<StoreFaultException>(async () => await _node.Store.DeliverAsync("x", Bob))).Kind);
        Assert.Equal(StoreFaultKind.UserHeld, (await Assert.ThrowsAsync<StoreFaultException>(async () => await _node.Store.Engine.OpenUserAsync(Bob, Stop))).Kind);
        Assert.Equal([Alice], (await _node.Client.ListUsersAsync("", 10, withSizes: false, Stop)).Users.Select(user => user.User));

        // Two commands closed it: the last one opens it.
        await _node.Client.OpenToNewcomersAsync("n-1", Stop);
        await Assert.ThrowsAsync<StoreFaultException>(async () => await _node.Store.DeliverAsync("x", Bob));
        await _node.Client.OpenToNewcomersAsync("n-2", Stop);
        await _node.Store.DeliverAsync("x", Bob);
    }

    [Fact]
    public async Task A_command_that_died_closes_it_no_longer_than_its_lease()
    {
        await _node.Client.CloseToNewcomersAsync(new NewcomersRequest("n-1", 60), Stop);
        _time.Advance(TimeSpan.FromSeconds(59));
        await Assert.ThrowsAsync<StoreFaultException>(async () => await _node.Store.DeliverAsync("x", Bob));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _node.Store.DeliverAsync("x", Bob);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(601)]
    public async Task A_lease_has_bounds(int seconds)
    {
        var refused = await Assert.ThrowsAsync<StoreMoveException>(() => _node.Client.CloseToNewcomersAsync(new NewcomersRequest("n-1", seconds), Stop));
        Assert.Contains("leaseSeconds", refused.Message, StringComparison.Ordinal);
    }
}
