using System.Net;
using MailKit;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Dovecot;

public sealed class DovecotOverTlsTests(DovecotOverTls cluster) : DovecotClientTests(cluster), IClassFixture<DovecotOverTls>
{
    private static readonly IPAddress ClientAddress = IPAddress.Parse("127.0.0.77");

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-2")]
    public async Task Dovecot_logs_the_proxys_account_and_the_clients_address_for_imap(string store)
    {
        ForeignProgram.Require("dovecot");
        var user = Cluster.TakeUser(store);
        using var client = await MailClients.ImapAsync(Cluster, user, ClientAddress);
        await AssertMasterLoginAsync(user, await Store(store).Process.SeeAsync($"imap-login: Info: Login: user=<{user}>"));
        await client.DisconnectAsync(quit: true);
    }

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-2")]
    public async Task Dovecot_logs_the_proxys_account_and_the_clients_address_for_pop3(string store)
    {
        ForeignProgram.Require("dovecot");
        var user = Cluster.TakeUser(store);
        using var client = await MailClients.Pop3Async(Cluster, user, ClientAddress);
        await AssertMasterLoginAsync(user, await Store(store).Process.SeeAsync($"pop3-login: Info: Login: user=<{user}>"));
        await client.DisconnectAsync(quit: true);
    }

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-2")]
    public async Task Dovecot_logs_the_proxys_account_for_managesieve_and_behind_starttls_the_clients_address(string store)
    {
        ForeignProgram.Require("dovecot", DovecotOptions.SieveProgram);
        var user = Cluster.TakeUser(store);
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(ClientAddress, 0));
        await socket.ConnectAsync(IPAddress.Loopback, Cluster.Port(4190));
        await using var clear = new System.Net.Sockets.NetworkStream(socket);
        await clear.WriteAsync("STARTTLS\r\n"u8.ToArray());
        using (var reader = new StreamReader(clear, leaveOpen: true))
        {
            // The greeting, then the answer to STARTTLS.
            await AnswerAsync(reader);
            await AnswerAsync(reader);
        }

        await using var encrypted = new System.Net.Security.SslStream(clear, false, (_, certificate, _, _) => certificate is not null);
        await encrypted.AuthenticateAsClientAsync("localhost");
        var plain = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0{user}\0secret"));
        await encrypted.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"AUTHENTICATE \"PLAIN\" \"{plain}\"\r\n"));
        using (var reader = new StreamReader(encrypted, leaveOpen: true))
        {
            // The capabilities again, then the verdict.
            await AnswerAsync(reader);
            await AnswerAsync(reader);
        }

        var login = await Store(store).Process.SeeAsync($"managesieve-login: Info: Login: user=<{user}>");
        if (store == "store-1")
        {
            await AssertMasterLoginAsync(user, login);
            return;
        }

        // TLS from the first octet: no XCLIENT there.
        Assert.Contains($"auth=<{DovecotOptions.MasterUser}>", login, StringComparison.Ordinal);
        Assert.Contains("rip=127.0.0.1,", login, StringComparison.Ordinal);
    }

    // Up to the line that is an answer, which must be yes.
    private static async Task AnswerAsync(StreamReader reader)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(120));
        }
        while (line is not null && line.StartsWith('"'));

        Assert.StartsWith("OK", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-2")]
    public async Task Dovecot_logs_the_senders_address_for_lmtp(string store)
    {
        ForeignProgram.Require("dovecot", "swaks");
        (await ForeignProgram.RunAsync(
            "swaks",
            [
                "--server", "127.0.0.1", "--port", Cluster.PortText(25), "--local-interface", ClientAddress.ToString(),
                "--from", "me@example.net", "--to", Cluster.TakeUser(store), "--body", "x",
            ])).Expect(0);
        Assert.Contains("lmtp(", await Store(store).Process.SeeAsync($"Disconnect from {ClientAddress}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clients_own_password_is_replayed_where_the_store_is_registered_so()
    {
        ForeignProgram.Require("dovecot");
        foreach (var protocol in new[] { "imap", "pop3" })
        {
            var user = Cluster.TakeUser(DovecotCluster.ReplayStore);
            using MailService client = protocol == "imap"
                ? await MailClients.ImapAsync(Cluster, user, ClientAddress, DovecotOptions.UserPassword)
                : await MailClients.Pop3Async(Cluster, user, ClientAddress, DovecotOptions.UserPassword);
            var login = await Cluster.First.Process.SeeAsync($"{protocol}-login: Info: Login: user=<{user}>");
            Assert.Contains($"auth=<{user}>", login, StringComparison.Ordinal);
            Assert.Contains($"rip={ClientAddress}", login, StringComparison.Ordinal);
            await client.DisconnectAsync(quit: true);
        }
    }

    [Fact]
    public async Task A_pin_moves_a_user_from_one_dovecot_to_the_other_out_of_idle()
    {
        ForeignProgram.Require("dovecot");
        var user = Cluster.TakeUser("store-1");
        using var client = await MailClients.ImapAsync(Cluster, user);
        await Cluster.First.Process.SeeAsync($"imap-login: Info: Login: user=<{user}>");
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var idle = client.IdleAsync(patience.Token);
        await Cluster.PutKeyAsync($"mailproxy/users/{user}", "store-2");
        await Assert.ThrowsAsync<MailKit.Net.Imap.ImapProtocolException>(() => idle.WaitAsync(patience.Token));
        var message = Messages.Make("dovecot-moved");
        await MailSender.SendAsync(Cluster.Port(25), "me@example.net", [user], message);
        Assert.Equal(message, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(Cluster, user))));
        await Cluster.Second.Process.SeeAsync($"imap-login: Info: Login: user=<{user}>");
    }

    [Fact]
    public async Task Dovecots_capabilities_are_what_the_client_is_offered_after_login()
    {
        ForeignProgram.Require("dovecot");
        using var client = await MailClients.ImapAsync(Cluster, Cluster.TakeUser("store-1"));
        Assert.True(client.Capabilities.HasFlag(MailKit.Net.Imap.ImapCapabilities.Notify));
        Assert.True(client.Capabilities.HasFlag(MailKit.Net.Imap.ImapCapabilities.QuickResync));
        await client.DisconnectAsync(quit: true);
    }

    // Both logs know the session by the same name.
    private async Task AssertMasterLoginAsync(string user, string line)
    {
        Assert.Contains($"auth=<{DovecotOptions.MasterUser}>", line, StringComparison.Ordinal);
        Assert.Contains($"rip={ClientAddress}", line, StringComparison.Ordinal);
        Assert.Contains("TLS", line, StringComparison.Ordinal);
        var session = line[(line.IndexOf("session=<", StringComparison.Ordinal) + "session=<".Length)..].TrimEnd('>');
        await Cluster.Proxy.SeeAsync($" login {session}: {user} from {ClientAddress}");
    }

    private DovecotServer Store(string store) => store == "store-1" ? Cluster.First : Cluster.Second;
}
