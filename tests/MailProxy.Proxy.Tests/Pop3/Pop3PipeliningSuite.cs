using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Pop3;

/// <summary>A POP3 store that is logged in to often is asked once whether it takes USER and PASS in one go (RFC 2449 6.6).</summary>
public abstract class Pop3PipeliningSuite(RigTransport on)
{
    // Pop3Pipelining asks at the tenth.
    private const int Before = 9;

    private const string Offered = "+OK\r\nUIDL\r\nPIPELINING\r\n.\r\n";

    [Fact]
    public async Task The_tenth_login_asks_and_the_next_come_in_one_go()
    {
        await using var rig = NewRig();
        await using var store = await rig.StoreAsync("store-1", 110);
        await LogInOneByOneAsync(rig, store, Before);
        await AskAsync(rig, store, Offered, isOffered: true);
        for (var turn = 0; turn < 3; turn++)
        {
            var (client, proxy) = await BeginAsync(rig, store);
            await proxy.ExpectAsync("USER alice@example.org");
            await proxy.ExpectAsync("PASS secret");
            await proxy.SendAsync("+OK\r\n+OK maildrop ready\r\n");
            await client.ExpectAsync("+OK maildrop ready");
            await client.SendLineAsync("STAT");
            await proxy.ExpectAsync("STAT");
            await proxy.SendLineAsync("+OK 0 0");
            await client.ExpectAsync("+OK 0 0");
        }
    }

    [Theory]
    [InlineData("+OK\r\nUIDL\r\nUSER\r\n.\r\n")]
    [InlineData("-ERR what\r\n")]
    public async Task A_store_that_does_not_offer_it_hears_one_command_after_the_other(string capabilities)
    {
        await using var rig = NewRig();
        await using var store = await rig.StoreAsync("store-1", 110);
        await LogInOneByOneAsync(rig, store, Before);
        await AskAsync(rig, store, capabilities, isOffered: false);
        await BeRefusedAfterTheNameAsync(rig, store);
    }

    [Theory]
    [InlineData("-ERR [SYS/TEMP] not now\r\n", "-ERR [SYS/TEMP] *")]
    [InlineData("+OK\r\n-ERR [IN-USE] maildrop is locked\r\n", "-ERR [IN-USE] maildrop is locked")]
    public async Task What_the_store_refuses_in_one_go_is_told_as_ever_and_it_is_said_in_one_go_again(string replies, string told)
    {
        await using var rig = NewRig();
        await using var store = await rig.StoreAsync("store-1", 110);
        await LogInOneByOneAsync(rig, store, Before);
        await AskAsync(rig, store, Offered, isOffered: true);
        for (var turn = 0; turn < 2; turn++)
        {
            var (client, proxy) = await BeginAsync(rig, store);
            await proxy.ExpectAsync("USER alice@example.org");
            await proxy.ExpectAsync("PASS secret");
            await proxy.SendAsync(replies);
            await client.ExpectAsync(told);
        }
    }

    // Another server answers there by now: it throws away what comes too early, or leaves.
    [Theory]
    [InlineData("+OK\r\n")]
    [InlineData("")]
    public async Task A_login_in_one_go_without_an_answer_is_the_last_until_the_store_has_offered_it_anew(string replies)
    {
        await using var rig = NewRig();
        await using var store = await rig.StoreAsync("store-1", 110);
        await LogInOneByOneAsync(rig, store, Before);
        await AskAsync(rig, store, Offered, isOffered: true);
        var (client, proxy) = await BeginAsync(rig, store);
        await proxy.ExpectAsync("USER alice@example.org");
        await proxy.ExpectAsync("PASS secret");
        await proxy.SendAsync(replies);
        await proxy.Connection.DisposeAsync();
        await client.ExpectAsync("-ERR [SYS/TEMP] *");
        await BeRefusedAfterTheNameAsync(rig, store);
        await LogInOneByOneAsync(rig, store, Before - 1);
        await AskAsync(rig, store, Offered, isOffered: true);
    }

    private ProxyRig NewRig()
    {
        var rig = new ProxyRig(on);
        rig.Router.AddStore("store-1", login: "password");
        return rig;
    }

    private static async Task LogInOneByOneAsync(ProxyRig rig, ScriptedStore store, int times)
    {
        for (var time = 0; time < times; time++)
        {
            var (client, proxy) = await BeginAsync(rig, store);
            await TakeAsync(client, proxy, isInOneGo: false);
        }
    }

    // The password must not have come with the name.
    private static async Task BeRefusedAfterTheNameAsync(ProxyRig rig, ScriptedStore store)
    {
        var (client, proxy) = await BeginAsync(rig, store);
        await proxy.ExpectAsync("USER alice@example.org");
        await proxy.SendLineAsync("-ERR [SYS/TEMP] not now");
        await client.ExpectAsync("-ERR [SYS/TEMP] *");
        await proxy.ExpectGoneAsync();
    }

    private static async Task AskAsync(ProxyRig rig, ScriptedStore store, string capabilities, bool isOffered)
    {
        var (client, proxy) = await BeginAsync(rig, store);
        await proxy.ExpectAsync("CAPA");
        await proxy.SendAsync(capabilities);
        await TakeAsync(client, proxy, isOffered);
    }

    private static async Task<(DialogueClient Client, DialogueClient Proxy)> BeginAsync(ProxyRig rig, ScriptedStore store)
    {
        var client = rig.Server is null ? await rig.ConnectAsync(MailProtocol.Pop3) : await rig.ConnectAgainAsync();
        await client.ExpectAsync("+OK *");
        await client.SendAsync("USER alice@example.org\r\nPASS secret\r\n");
        await client.ExpectAsync("+OK");
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("+OK store");
        return (client, proxy);
    }

    private static async Task TakeAsync(DialogueClient client, DialogueClient proxy, bool isInOneGo)
    {
        await proxy.ExpectAsync("USER alice@example.org");
        if (isInOneGo)
        {
            await proxy.ExpectAsync("PASS secret");
            await proxy.SendLineAsync("+OK");
        }
        else
        {
            await proxy.SendLineAsync("+OK");
            await proxy.ExpectAsync("PASS secret");
        }

        await proxy.SendLineAsync("+OK maildrop ready");
        await client.ExpectAsync("+OK maildrop ready");
    }
}
