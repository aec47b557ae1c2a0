using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;

namespace MailProxy.Proxy.Tests.Milter;

/// <summary>Tests with milters in a proxy's configuration, and the words by which a message gets to them.</summary>
public abstract class MilterRig(RigTransport on)
{
    private protected ProxyRig Rig(params ScriptedMilter[] milters)
    {
        var rig = new ProxyRig(on);
        rig.Milter.Servers.AddRange(milters.Select((milter, index) => new MilterServerOptions { Name = $"m{index}", Address = milter.Address }));
        return rig;
    }

    private protected static async Task<DialogueClient> HelloAsync(ProxyRig rig)
    {
        var client = await rig.ConnectAsync(MailProtocol.Mx);
        await client.ExpectAsync("220 *");
        await client.SendLineAsync("EHLO client.example");
        await client.ExpectUntilAsync("250 *");
        return client;
    }

    private protected static async Task<DialogueClient> MailAsync(ProxyRig rig)
    {
        var client = await HelloAsync(rig);
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        return client;
    }

    private protected static async Task<DialogueClient> NameAliceAsync(ProxyRig rig, DialogueClient client) =>
        await NameAliceAsync(await rig.StoreAsync("store-1", 24), client);

    private protected static async Task<DialogueClient> NameAliceAsync(ScriptedStore listener, DialogueClient client)
    {
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var store = await listener.AcceptLmtpAsync();
        await store.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        return store;
    }

    private protected static async Task SendAsync(DialogueClient client, string message = "Subject: x\r\n\r\nhi\r\n")
    {
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("354 *");
        await client.SendAsync(message + ".\r\n");
    }
}
