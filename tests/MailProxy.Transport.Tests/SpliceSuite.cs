using MailProxy.Testing;
using MailProxy.Transport.Splice;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.Transport.Tests;

public abstract class SpliceSuite(Func<TimeProvider, IMailTransport> create) : TransportSuite(create)
{
    private static readonly SpliceSettings Settings = new(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));

    // A write that takes so long waits for a reader, not for a busy machine.
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Octets_move_both_ways_and_are_counted()
    {
        var (client, store, splice) = await JoinAsync();
        await client.SendLineAsync("a NOOP");
        await store.ExpectAsync("a NOOP");
        await store.SendLineAsync("a OK done");
        await client.ExpectAsync("a OK done");
        await client.EndAsync();
        await store.ExpectEndAsync();
        await store.EndAsync();
        await client.ExpectEndAsync();
        Assert.Equal(new SpliceResult(8, 11, SpliceEnd.ClientClosed), await splice.WaitAsync(Patience));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_received_and_not_consumed_goes_first(bool wasExamined)
    {
        var (client, inside) = await PairAsync();
        var (outside, store) = await PairAsync();
        await client.SendAsync("LOGIN\r\nb SELECT\r\n");
        await inside.ExpectAsync("LOGIN");
        await store.SendAsync("OK\r\n* news\r\n");
        await outside.ExpectAsync("OK");
        foreach (var peer in wasExamined ? [inside, outside] : Array.Empty<DialogueClient>())
        {
            var seen = await peer.Connection.Transport.Input.ReadAsync();
            peer.Connection.Transport.Input.AdvanceTo(seen.Buffer.Start, seen.Buffer.End);
        }

        var splice = SpliceAsync(inside, outside, CancellationToken.None);
        await client.SendLineAsync("c NOOP");
        await store.ExpectAsync("b SELECT");
        await store.ExpectAsync("c NOOP");
        await client.ExpectAsync("\\* news");
        await client.EndAsync();
        await store.EndAsync();
        Assert.Equal((18, 8), ((int)(await splice.WaitAsync(Patience)).BytesToStore, (int)(await splice).BytesToClient));
    }

    [Fact]
    public async Task A_half_close_is_passed_on_and_the_other_direction_goes_on()
    {
        var (client, store, splice) = await JoinAsync();
        await store.SendLineAsync("* BYE");
        await store.EndAsync();
        await client.ExpectAsync("\\* BYE");
        await client.ExpectEndAsync();
        await client.SendLineAsync("still sending");
        await store.ExpectAsync("still sending");
        await client.EndAsync();
        await store.ExpectEndAsync();
        Assert.Equal(SpliceEnd.StoreClosed, (await splice.WaitAsync(Patience)).End);
    }

    [Fact]
    public async Task The_other_direction_lives_no_longer_than_the_limit()
    {
        var (client, store, splice) = await JoinAsync();
        await client.EndAsync();
        await store.ExpectEndAsync();
        Time.Advance(Settings.HalfCloseLimit - TimeSpan.FromSeconds(2));
        await store.SendLineAsync("late but in time");
        await client.ExpectAsync("late but in time");
        Assert.False(splice.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(SpliceEnd.ClientClosed, (await splice.WaitAsync(Patience)).End);
    }

    [Theory]
    [InlineData(true, SpliceEnd.ClientReset)]
    [InlineData(false, SpliceEnd.StoreReset)]
    public async Task A_reset_is_told_from_an_end_and_passed_on_as_one(bool byClient, SpliceEnd expected)
    {
        var (client, store, splice) = await JoinAsync();
        var (breaking, other) = byClient ? (client, store) : (store, client);
        await breaking.SendLineAsync("half a mess");
        await other.ExpectAsync("half a mess");
        breaking.Connection.Abort();
        Assert.Equal(expected, (await splice.WaitAsync(Patience)).End);
        await Assert.ThrowsAsync<ConnectionResetException>(other.ReadLineAsync);
    }

    [Fact]
    public async Task Nothing_moving_for_the_idle_limit_ends_it()
    {
        var (client, store, splice) = await JoinAsync();
        Time.Advance(Settings.IdleLimit - TimeSpan.FromSeconds(5));
        await client.SendLineAsync("a NOOP");
        await store.ExpectAsync("a NOOP");
        Time.Advance(TimeSpan.FromMinutes(29));
        Assert.False(splice.IsCompleted);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(new SpliceResult(8, 0, SpliceEnd.Idle), await splice.WaitAsync(Patience));
    }

    [Fact]
    public async Task After_a_cancel_a_goodbye_can_still_be_said()
    {
        var (client, inside) = await PairAsync();
        var (outside, _) = await PairAsync();
        using var stop = new CancellationTokenSource();
        var splice = SpliceAsync(inside, outside, stop.Token);
        await stop.CancelAsync();
        Assert.Equal(SpliceEnd.Cancelled, (await splice.WaitAsync(Patience)).End);
        await inside.SendLineAsync("* BYE moving");
        await inside.DisposeAsync();
        await client.ExpectAsync("\\* BYE moving");
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_splice_that_was_cancelled_before_it_began_ends_at_once()
    {
        var (_, inside) = await PairAsync();
        var (outside, _) = await PairAsync();
        Assert.Equal(SpliceEnd.Cancelled, (await SpliceAsync(inside, outside, new CancellationToken(true)).WaitAsync(Patience)).End);
    }

    [Fact]
    public async Task Dead_connections_do_not_make_it_throw()
    {
        var (_, inside) = await PairAsync();
        var (outside, _) = await PairAsync();
        outside.Connection.Abort();
        await outside.DisposeAsync();
        var result = await SpliceAsync(inside, outside, CancellationToken.None).WaitAsync(Patience);
        Assert.True(result.End is SpliceEnd.StoreReset or SpliceEnd.Cancelled);
    }

    [Fact]
    public async Task A_reader_that_stalls_holds_the_writer_back()
    {
        // Far above what the buffers of two loopback connections take.
        const int Pieces = 1024;
        var (client, store, splice) = await JoinAsync();
        var piece = new byte[64 * 1024];
        using var stop = new CancellationTokenSource();
        var writing = WriteAsync();
        // The writer must come to a halt: it never finishes while nobody reads.
        Assert.Same(writing.Halted, await Task.WhenAny(writing.Halted, writing.Finished).WaitAsync(Patience));
        // What was held back comes as soon as somebody reads.
        var read = 0L;
        while (read < (long)Pieces * piece.Length)
        {
            var result = await store.Connection.Transport.Input.ReadAsync();
            read += result.Buffer.Length;
            store.Connection.Transport.Input.AdvanceTo(result.Buffer.End);
        }

        await writing.Finished.WaitAsync(Patience);
        client.Connection.Abort();
        Assert.Equal(read, (await splice.WaitAsync(Patience)).BytesToStore);

        (Task Halted, Task Finished) WriteAsync()
        {
            var halted = new TaskCompletionSource();
            return (halted.Task, Task.Run(async () =>
            {
                for (var i = 0; i < Pieces; i++)
                {
                    var write = client.Connection.Transport.Output.WriteAsync(piece).AsTask();
                    try
                    {
                        await write.WaitAsync(Stall);
                    }
                    catch (TimeoutException)
                    {
                        halted.TrySetResult();
                        await write;
                    }
                }
            }));
        }
    }

    [Fact]
    public async Task Bulk_through_tls_on_both_legs_arrives_as_it_was_sent()
    {
        var (client, inside) = await PairAsync();
        var (outside, store) = await PairAsync();
        var clientSettings = Authority.ClientSettings();
        var serverSettings = Authority.ServerSettings();
        await HandshakeAsync(client, clientSettings, inside, serverSettings);
        await HandshakeAsync(outside, clientSettings, store, serverSettings);
        var splice = SpliceAsync(inside, outside, CancellationToken.None);
        var up = RandomText(3_000_001, seed: 1);
        var down = RandomText(2_000_003, seed: 2);
        var sending = Task.WhenAll(client.SendAsync(up), store.SendAsync(down));
        var received = await Task.WhenAll(store.ReadAsync(up.Length), client.ReadAsync(down.Length));
        await sending;
        Assert.True(up == received[0]);
        Assert.True(down == received[1]);
        await client.EndAsync();
        await store.ExpectEndAsync();
        await store.EndAsync();
        await client.ExpectEndAsync();
        Assert.Equal(new SpliceResult(up.Length, down.Length, SpliceEnd.ClientClosed), await splice.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_half_close_passes_between_tls_legs_while_the_other_direction_waits()
    {
        var clientSettings = Authority.ClientSettings();
        var serverSettings = Authority.ServerSettings();
        for (var round = 0; round < 5; round++)
        {
            var (client, inside) = await PairAsync();
            var (outside, store) = await PairAsync();
            await HandshakeAsync(client, clientSettings, inside, serverSettings);
            await HandshakeAsync(outside, clientSettings, store, serverSettings);
            var splice = SpliceAsync(inside, outside, CancellationToken.None);
            await client.SendLineAsync("QUIT");
            await client.EndAsync();
            await store.ExpectAsync("QUIT");
            await store.ExpectEndAsync();
            await store.SendLineAsync("+OK bye");
            await store.SendLineAsync("and more");
            await client.ExpectAsync("+OK bye");
            await client.ExpectAsync("and more");
            await store.EndAsync();
            await client.ExpectEndAsync();
            Assert.Equal(new SpliceResult(6, 19, SpliceEnd.ClientClosed), await splice.WaitAsync(Patience));
        }
    }

    [Fact]
    public async Task Every_cut_of_a_message_arrives_whole()
    {
        var (client, store, splice) = await JoinAsync();
        const string Message = "Subject: x\r\n\r\nbody\r\n.\r\n";
        for (var cut = 0; cut <= Message.Length; cut++)
        {
            await client.SendAsync(Message[..cut]);
            await client.SendAsync(Message[cut..]);
            Assert.Equal(Message, await store.ReadAsync(Message.Length));
        }

        client.Connection.Abort();
        Assert.Equal(SpliceEnd.ClientReset, (await splice.WaitAsync(Patience)).End);
    }

    private static string RandomText(int length, int seed)
    {
        var random = new Random(seed);
        return string.Create(length, random, static (text, chance) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = (char)chance.Next(256);
            }
        });
    }

    private static Task<SpliceResult> SpliceAsync(DialogueClient client, DialogueClient store, CancellationToken cancellationToken) =>
        client.Connection.Features.Get<ISpliceFeature>()!.SpliceAsync(store.Connection, Settings, cancellationToken);

    private async Task<(DialogueClient Client, DialogueClient Store, Task<SpliceResult> Splice)> JoinAsync()
    {
        var (client, inside) = await PairAsync();
        var (outside, store) = await PairAsync();
        return (client, store, SpliceAsync(inside, outside, CancellationToken.None));
    }
}
