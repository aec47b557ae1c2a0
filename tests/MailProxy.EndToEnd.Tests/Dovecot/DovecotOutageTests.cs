using System.Net;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Dovecot;

public sealed class DovecotOutageTests(DovecotOverTls cluster) : IClassFixture<DovecotOverTls>
{
    [Fact]
    public async Task A_wrong_password_never_reaches_dovecot()
    {
        ForeignProgram.Require("dovecot", "curl");
        var user = cluster.TakeUser("store-1");
        var before = LoginLines(cluster.First);

        // 67: CURLE_LOGIN_DENIED.
        Assert.Contains("NO [AUTHENTICATIONFAILED]", (await ListAsync(user, "wrong")).Expect(67).Errors, StringComparison.Ordinal);
        (await ListAsync(user, "secret")).Expect(0);
        await cluster.First.Process.SeeAsync($"imap-login: Info: Login: user=<{user}>");
        Assert.Equal(before + 1, LoginLines(cluster.First));
        Assert.DoesNotContain("auth failed", cluster.First.Process.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_dovecot_that_is_down_is_told_as_a_temporary_failure_and_serves_again_once_it_is_up()
    {
        ForeignProgram.Require("dovecot", "curl");
        var user = cluster.TakeUser("store-2");
        (await ListAsync(user, "secret")).Expect(0);
        await cluster.Second.Process.KillAsync();
        Assert.Contains("NO [UNAVAILABLE]", (await ListAsync(user, "secret")).Expect(67).Errors, StringComparison.Ordinal);
        var line = await cluster.Proxy.SeeAsync("failed while Connecting: StoreUnreachable");
        Assert.Contains($"user {user}, store-2 (127.0.0.1:{cluster.Port(9293)})", line, StringComparison.Ordinal);
        var pop3 = await ForeignProgram.RunAsync("curl", ["--verbose", "--silent", "--cacert", cluster.Authority, "--user", user + ":secret", $"pop3s://localhost:{cluster.Port(995)}/"]);
        Assert.Contains("-ERR [SYS/TEMP]", pop3.Expect(67).Errors, StringComparison.Ordinal);
        await using (var sender = await MailSender.ConnectAsync(cluster.Port(25)))
        {
            Assert.StartsWith("451 4.4.1", await sender.DeliverAsync("me@example.net", [user], Messages.Make("dovecot-down")), StringComparison.Ordinal);
        }

        // One store's trouble is not the node's: the other store is served.
        Assert.Equal(HttpStatusCode.OK, (await cluster.ReadinessAsync()).Status);
        (await ListAsync(cluster.TakeUser("store-1"), "secret")).Expect(0);

        await cluster.Second.StartAsync();
        (await ListAsync(user, "secret")).Expect(0);
        var message = Messages.Make("dovecot-up");
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], message);
        Assert.Equal(message, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(cluster, user))));
    }

    private static int LoginLines(DovecotServer store) =>
        store.Process.Output.Split('\n').Count(line => line.Contains("imap-login: ", StringComparison.Ordinal));

    private Task<ProgramResult> ListAsync(string user, string password) => ForeignProgram.RunAsync(
        "curl", ["--verbose", "--silent", "--cacert", cluster.Authority, "--user", $"{user}:{password}", $"imaps://localhost:{cluster.Port(993)}/"]);
}
