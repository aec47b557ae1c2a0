using MailProxy.Testing;
using MailProxy.Transport.Splice;
using Xunit;

namespace MailProxy.Transport.Tests;

/// <summary>Stopping a splice where its follower allows it.</summary>
public abstract class BoundarySuite(Func<TimeProvider, IMailTransport> create) : TransportSuite(create)
{
    private static readonly SpliceSettings Settings = new(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_stops_behind_the_line_under_way_and_a_goodbye_is_all_that_follows(bool isEncrypted)
    {
        var (client, inside, outside, store) = await LegsAsync(isEncrypted);
        var owner = new AwaitingOwner();
        var splice = Start(inside, outside, owner, new LineFollower());
        await store.SendAsync("* 5 EXISTS\r\n* 6 EX");
        await client.ExpectAsync("\\* 5 EXISTS");
        Assert.Equal("* 6 EX", await client.ReadAsync(6));
        splice.StopAtBoundary();
        splice.StopAtBoundary();
        await store.SendAsync("ISTS\r\n");
        await client.ExpectAsync("ISTS");
        Assert.Equal(SpliceEnd.AtBoundary, (await owner.Ending.WaitAsync(Patience)).End);
        await store.SendAsync("* 7 EXISTS\r\n");
        await inside.SendLineAsync("* BYE moving");
        await inside.DisposeAsync();
        await client.ExpectAsync("\\* BYE moving");
        await client.ExpectEndAsync();
        splice.StopAtBoundary();
    }

    [Fact]
    public async Task At_rest_it_stops_at_once()
    {
        var (client, inside, outside, store) = await LegsAsync(isEncrypted: false);
        var owner = new AwaitingOwner();
        var splice = Start(inside, outside, owner, new LineFollower());
        await store.SendLineAsync("hello");
        await client.ExpectAsync("hello");
        splice.StopAtBoundary();
        Assert.Equal(new SpliceResult(0, 7, SpliceEnd.AtBoundary), await owner.Ending.WaitAsync(Patience));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_knows_no_boundary_is_stopped_at_once(bool hasFollower)
    {
        var (_, inside, outside, _) = await LegsAsync(isEncrypted: false);
        var owner = new AwaitingOwner();
        Start(inside, outside, owner, hasFollower ? new LineFollower { IsOpaque = true } : null).StopAtBoundary();
        Assert.Equal(SpliceEnd.Cancelled, (await owner.Ending.WaitAsync(Patience)).End);
    }

    [Fact]
    public async Task Without_a_boundary_in_time_it_is_stopped()
    {
        var (client, inside, outside, store) = await LegsAsync(isEncrypted: false);
        var owner = new AwaitingOwner();
        var splice = Start(inside, outside, owner, new LineFollower());
        await store.SendAsync("half");
        Assert.Equal("half", await client.ReadAsync(4));
        splice.StopAtBoundary();
        var passed = TimeSpan.Zero;
        while (!owner.Ending.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            passed += TimeSpan.FromSeconds(1);
            await Beat.WaitAsync(10);
        }

        Assert.Equal(SpliceEnd.Cancelled, (await owner.Ending).End);
        Assert.True(passed >= Settings.BoundaryLimit, $"stopped after {passed.TotalSeconds} s");
    }

    [Fact]
    public async Task A_splice_that_ends_by_itself_is_not_stopped_any_more()
    {
        var (client, inside, outside, store) = await LegsAsync(isEncrypted: false);
        var owner = new AwaitingOwner();
        var splice = Start(inside, outside, owner, new LineFollower());
        await client.EndAsync();
        await store.ExpectEndAsync();
        await store.EndAsync();
        Assert.Equal(SpliceEnd.ClientClosed, (await owner.Ending.WaitAsync(Patience)).End);
        splice.StopAtBoundary();
    }

    // A close that waits for a client takes a thread with it, and the goodbyes behind it.
    [Fact]
    public async Task Clients_that_go_on_sending_do_not_hold_up_the_close()
    {
        const int Sessions = 100;
        for (var round = 0; round < 10; round++)
        {
            var legs = new List<(DialogueClient Client, DialogueClient Inside, DialogueClient Outside, DialogueClient Store)>();
            while (legs.Count < Sessions)
            {
                legs.Add(await LegsAsync(isEncrypted: false));
            }

            var owners = legs.ConvertAll(leg => new DisposingOwner(leg.Inside, leg.Outside));
            var splices = legs.Zip(owners, (leg, owner) => Start(leg.Inside, leg.Outside, owner, new LineFollower())).ToList();
            var clients = legs.ConvertAll(leg => Task.Run(() => FloodAsync(leg.Client)));
            var stores = legs.ConvertAll(leg => Task.Run(() => DrainAsync(leg.Store)));
            splices.ForEach(splice => splice.StopAtBoundary());
            await Task.WhenAll(owners.Select(owner => owner.Closed)).WaitAsync(Patience);
            await Task.WhenAll([.. clients, .. stores]).WaitAsync(Patience);
        }
    }

    private static async Task FloodAsync(DialogueClient client)
    {
        try
        {
            for (; ; )
            {
                await client.SendLineAsync("one more");
                await Task.Yield();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Closed: that is what it waits for.
        }
    }

    private static async Task DrainAsync(DialogueClient store)
    {
        try
        {
            while (await store.ReadLineAsync() is not null)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Reset, because the proxy threw away what was still to be read.
        }
    }

    private sealed class DisposingOwner(DialogueClient inside, DialogueClient outside) : ISpliceOwner
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Closed => _closed.Task;

        public void Ended(SpliceResult result) => _ = CloseAsync();

        private async Task CloseAsync()
        {
            await inside.DisposeAsync();
            await outside.DisposeAsync();
            _closed.SetResult();
        }
    }

    private static ISplice Start(DialogueClient client, DialogueClient store, ISpliceOwner owner, LineFollower? follower) =>
        client.Connection.Features.Get<ISpliceFeature>()!.Start(store.Connection, Settings, owner, follower);

    private async Task<(DialogueClient Client, DialogueClient Inside, DialogueClient Outside, DialogueClient Store)> LegsAsync(bool isEncrypted)
    {
        var (client, inside) = await PairAsync();
        var (outside, store) = await PairAsync();
        if (isEncrypted)
        {
            await HandshakeAsync(client, Authority.ClientSettings(), inside, Authority.ServerSettings());
            await HandshakeAsync(outside, Authority.ClientSettings(), store, Authority.ServerSettings());
        }

        return (client, inside, outside, store);
    }
}
