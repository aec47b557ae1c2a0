using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Milter;

/// <summary>How long a sender waits for the answer to its dot, whoever takes the time. The clock is moved on once, to where the answer is due, and no further.</summary>
public abstract class MilterTimeSuite(RigTransport on) : MilterRig(on)
{
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Milters_that_are_slow_one_after_the_other_have_one_time_together()
    {
        await using var first = new ScriptedMilter { Answers = { ['E'] = ["p"] } };
        await using var second = new ScriptedMilter();
        await using var rig = Rig(first, second);
        rig.Milter.Servers[0].OnFailure = MilterFailure.Accept;
        rig.Milter.MessageTimeout = TimeSpan.FromSeconds(50);
        var client = await MailAsync(rig);
        await using var listener = await rig.StoreAsync("store-1", 24);
        var store = await NameAliceAsync(listener, client);
        await SendAsync(client);
        await first.SeeUntilAsync('E');
        rig.Time.Advance(rig.Milter.MessageTimeout + Little);

        // The first is let pass; without a word of the second nothing may be.
        await client.ExpectAsync("451 4.7.1 *");
        await store.AssertCutAsync();
        Assert.Equal(2, rig.Log.Entries.Count(entry => entry.Text.Contains("all milters together have 50 s for a message (Milter:MessageTimeout)", StringComparison.Ordinal)));

        // It was of the message, not of the session.
        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task A_milter_that_asks_for_patience_again_and_again_has_no_more_than_that_time()
    {
        await using var milter = new ScriptedMilter { Answers = { ['B'] = ["p"], ['E'] = ["c"] } };
        await using var rig = Rig(milter);
        rig.Milter.Servers[0].ContentTimeout = TimeSpan.FromMinutes(4);
        rig.Milter.MessageTimeout = TimeSpan.FromMinutes(1);
        var client = await MailAsync(rig);
        await using var listener = await rig.StoreAsync("store-1", 24);
        var store = await NameAliceAsync(listener, client);
        await SendAsync(client);
        await milter.SeeUntilAsync('B');
        rig.Time.Advance(rig.Milter.MessageTimeout + Little);
        await client.ExpectAsync("451 4.7.1 *");
        await store.AssertCutAsync();
    }

    [Fact]
    public async Task What_milters_took_is_taken_off_what_the_stores_have()
    {
        await using var milter = new ScriptedMilter { Answers = { ['E'] = ["p"] } };
        await using var rig = Rig(milter);
        rig.Milter.Servers[0].OnFailure = MilterFailure.Accept;
        rig.Milter.MessageTimeout = TimeSpan.FromSeconds(50);
        var client = await MailAsync(rig);
        await using var listener = await rig.StoreAsync("store-1", 24);
        var store = await NameAliceAsync(listener, client);
        await SendAsync(client);
        await milter.SeeUntilAsync('E');
        rig.Time.Advance(rig.Milter.MessageTimeout + Little);
        await store.TakeDataAsync();
        rig.Time.Advance(rig.Limits.RelayVerdict - rig.Milter.MessageTimeout);
        await client.ExpectAsync("451 4.4.2 *");
    }

    [Fact]
    public async Task A_transaction_that_begins_again_has_what_is_left_of_the_messages_time()
    {
        await using var milter = new ScriptedMilter { Answers = { ['E'] = ["e<other@example.net>\0", "c"] } };
        await using var rig = Rig(milter);
        rig.Limits.RelayVerdict = rig.Limits.StoreGreeting / 2;
        var client = await MailAsync(rig);
        await using var listener = await rig.StoreAsync("store-1", 24);
        var store = await NameAliceAsync(listener, client);
        await SendAsync(client);
        await store.AssertCutAsync();

        // It greets nobody, for less time than a store may take for that.
        var silent = await listener.AcceptOneAsync();
        rig.Time.Advance(rig.Limits.RelayVerdict + Little);
        await client.ExpectAsync("451 4.4.2 *");
        await silent.ExpectGoneAsync();
        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task A_transaction_that_begins_again_is_finished_though_the_node_stops()
    {
        await using var milter = new ScriptedMilter { Answers = { ['E'] = ["e<other@example.net>\0", "c"] } };
        await using var rig = Rig(milter);
        var client = await MailAsync(rig);
        await using var listener = await rig.StoreAsync("store-1", 24);
        var store = await NameAliceAsync(listener, client);
        await SendAsync(client);
        await store.AssertCutAsync();
        var again = await listener.AcceptOneAsync();
        var stopped = rig.Server!.StopAsync(TimeSpan.FromMinutes(10));
        await again.SendLineAsync("220 store LMTP");
        await again.ExpectAsync("LHLO *");
        await again.SendLineAsync("250 8BITMIME");
        await again.ExpectAsync("MAIL FROM:<other@example.net>");
        await again.SendLineAsync("250 OK");
        await again.TakeRecipientAsync("alice@example.org");
        await again.TakeDataAsync();
        await again.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
        await client.ExpectAsync("421 *");
        await stopped;
    }
}
