using System.Collections.Frozen;
using System.Net;
using MailProxy.Directory;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Pop3;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Proxy.Wire;
using MailProxy.Routing.Catalog;
using MailProxy.Testing;
using MailProxy.Transport.Tls;
using Xunit;

namespace MailProxy.Proxy.Tests.Pop3;

/// <summary>The store leg by itself: in memory a session's client has no IP address to tell.</summary>
public abstract class Pop3StoreDialogueSuite(RigTransport on)
{
    // Dovecot's way: the offer stands in the greeting, before STLS, and CAPA says nothing of it.
    [Theory]
    [InlineData("+OK Updated")]
    [InlineData("-ERR You are not from trusted IP")]
    public async Task Xclient_offered_by_the_greeting_follows_tls_and_its_refusal_does_not_end_the_login(string answer)
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await StartAsync(rig, "+OK [XCLIENT] Dovecot ready.");
        await store.ExpectAsync("XCLIENT ADDR=192.0.2.7 PORT=4711 SESSION=s1 TTL=5");
        await store.SendLineAsync(answer);
        await store.ExpectAsync("AUTH PLAIN *");
        await store.SendLineAsync("+OK Logged in.");
        Assert.Equal("Logged in.", (await welcome).Value?.Text);
    }

    [Fact]
    public async Task Xclient_offered_by_capa_must_be_taken()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await StartAsync(rig, "+OK ready");
        await store.ExpectAsync("CAPA");
        await store.SendAsync("+OK\r\nUIDL\r\nXCLIENT ADDR PORT\r\n.\r\n");
        await store.ExpectAsync("XCLIENT *");
        await store.SendLineAsync("-ERR no");
        Assert.Equal(ProxyFailure.StoreProtocolError, (await welcome).Failure);
    }

    [Fact]
    public async Task A_store_that_offers_no_xclient_is_not_told()
    {
        await using var rig = new ProxyRig(on);
        var (welcome, store) = await StartAsync(rig, "+OK [host] ready");
        await store.ExpectAsync("CAPA");
        await store.SendAsync("+OK\r\nUIDL\r\n.\r\n");
        await store.ExpectAsync("AUTH PLAIN *");
        await store.SendLineAsync("+OK in");
        Assert.True((await welcome).IsDone);
    }

    // The leg up to the end of STLS.
    private static async Task<(Task<Outcome<StoreWelcome>> Welcome, DialogueClient Store)> StartAsync(ProxyRig rig, string greeting)
    {
        var listener = await rig.StoreAsync("store-1", 110);
        var wire = new MailWire(await rig.Transport.ConnectAsync(listener.EndPoint, CancellationToken.None));
        var node = new StoreNode("store-1", "store-1.example.org", FrozenDictionary<StoreService, int>.Empty, StoreTlsMode.StartTls, "master", StoreState.Online);
        var leg = new StoreLeg(
            node, "alice@example.org", StoreLoginMethod.Master, new MasterAccount("proxy", new Secret("master"u8.ToArray())), new Secret([]), rig.ClientTls,
            "s1", new IPEndPoint(IPAddress.Parse("192.0.2.7"), 4711), null, 5, "mail.example.org");
        var welcome = new Pop3StoreDialogue(tellClientAddress: true).LogInAsync(wire, leg, CancellationToken.None).AsTask();
        var store = await listener.AcceptOneAsync();
        await store.SendLineAsync(greeting);
        await store.ExpectAsync("STLS");
        await store.SendLineAsync("+OK Begin TLS negotiation now.");
        Assert.Equal(TlsOutcome.Done, await store.Connection.Features.Get<ITlsFeature>()!.BecomeServerAsync(rig.StoreTls(), CancellationToken.None));
        return (welcome, store);
    }
}
