using System.Net.Sockets;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Sessions;

public abstract class LimitSuite(RigTransport on)
{
    [Theory]
    [InlineData(MailProtocol.Imap, "\\* BYE [LIMIT] Too many sessions.")]
    [InlineData(MailProtocol.Pop3, "-ERR [IN-USE] Too many sessions.")]
    [InlineData(MailProtocol.Submission, "421 4.7.0 Too many sessions.")]
    [InlineData(MailProtocol.Mx, "421 4.7.0 Too many sessions.")]
    [InlineData(MailProtocol.Lmtp, "421 4.7.0 Too many sessions.")]
    public async Task Too_many_connections_are_told_so(MailProtocol protocol, string refusal)
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.Connections = 1;
        var first = await rig.ConnectAsync(protocol);
        await ExpectGreetingAsync(first);
        var second = await rig.ConnectAgainAsync();
        await second.ExpectAsync(refusal);
        await second.ExpectEndAsync();
        Assert.Equal(1, rig.Node.Limits.Count);
        await first.EndAsync();
        await first.ReadToTheEndAsync();
        await EndedAsync(rig, 0);
        await ExpectGreetingAsync(await rig.ConnectAgainAsync());
    }

    [Fact]
    public async Task A_listener_that_is_full_leaves_the_others_alone()
    {
        await using var rig = new ProxyRig(on);
        await ExpectGreetingAsync(await rig.ConnectAsync(MailProtocol.Imap, connections: 1));
        var second = await rig.ConnectAgainAsync();
        await second.ExpectAsync("\\* BYE [LIMIT] *");
        await second.ExpectEndAsync();
        await ExpectGreetingAsync(await rig.ConnectAsync(MailProtocol.Pop3));
        Assert.Equal(2, rig.Node.Limits.Count);
    }

    [Fact]
    public async Task One_address_has_its_own_limit()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.ConnectionsPerAddress = 1;
        await ExpectGreetingAsync(await rig.ConnectAsync(MailProtocol.Mx));
        if (on == RigTransport.Memory)
        {
            // Clients without addresses are counted in all only.
            await ExpectGreetingAsync(await rig.ConnectAgainAsync());
            return;
        }

        var second = await rig.ConnectAgainAsync();
        await second.ExpectAsync("421 4.7.0 *");
        await second.ExpectEndAsync();
        Assert.Equal((1, 1), (rig.Node.Limits.Count, rig.Node.Limits.Networks));
    }

    [Fact]
    public async Task On_implicit_tls_one_too_many_is_cut_without_a_handshake()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.Connections = 1;
        var first = await rig.ConnectAsync(MailProtocol.Imap, ListenerTlsMode.Implicit);
        await first.BecomeEncryptedAsync(rig.ClientTls);
        await ExpectGreetingAsync(first);
        try
        {
            await (await rig.ConnectAgainAsync()).ExpectGoneAsync();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // So soon that even the dialling sees it.
        }
    }

    [Fact]
    public async Task Whatever_becomes_of_a_session_its_place_is_free_again()
    {
        await using var rig = new ProxyRig(on);
        rig.Limits.Connections = 2;
        await using var store = await rig.StoreAsync("store-1", 143);
        for (var i = 0; i < 3; i++)
        {
            var client = await rig.ConnectAsync(MailProtocol.Imap);
            await ExpectGreetingAsync(client);
            await client.SendLineAsync("a LOGIN alice@example.org secret");
            var proxy = await store.AcceptImapLoginAsync();
            await client.ExpectAsync("a OK *");

            // Once the client breaks off, once the store, once the node stops.
            switch (i)
            {
                case 0:
                    client.Connection.Abort();
                    break;
                case 1:
                    proxy.Connection.Abort();
                    break;
                default:
                    await rig.Server!.StopAsync(TimeSpan.Zero);
                    break;
            }

            await EndedAsync(rig, 0);
            Assert.Equal((0, 0), (rig.Node.Limits.Networks, rig.Node.LinkedSessions));
        }
    }

    private static async Task ExpectGreetingAsync(DialogueClient client) => Assert.Contains("mail.example.org", await client.ReadLineAsync(), StringComparison.Ordinal);

    private static async Task EndedAsync(ProxyRig rig, int left)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (rig.Node.Limits.Count > left)
        {
            Assert.False(patience.IsCancellationRequested, "A session does not end.");
            await Task.Yield();
        }
    }
}
