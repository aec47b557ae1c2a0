using System.Text;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

[Collection(nameof(DevClusterCollection))]
public sealed class CurlTests(DevClusterFixture cluster)
{
    [Fact]
    public async Task Curl_sends_by_submission_and_reads_by_imaps_and_pop3s()
    {
        ForeignProgram.Require("curl");
        var user = cluster.TakeUser("store-2");
        var message = Messages.Make("curl");
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("m"), message, Encoding.Latin1);
        (await CurlAsync(user, $"smtps://localhost:{cluster.Port(465)}", "--mail-from", user, "--mail-rcpt", user, "--upload-file", folder.File("m"))).Expect(0);
        var imap = (await CurlAsync(user, $"imaps://localhost:{cluster.Port(993)}/INBOX;MAILINDEX=1")).Expect(0);
        Assert.Equal(message, Messages.WithoutTrace(Encoding.Latin1.GetBytes(imap.Output)));
        var pop3 = (await CurlAsync(user, $"pop3s://localhost:{cluster.Port(995)}/1")).Expect(0);
        Assert.Equal(imap.Output, pop3.Output);
    }

    [Fact]
    public async Task A_wrong_password_is_a_login_that_was_denied()
    {
        ForeignProgram.Require("curl");

        // 67: CURLE_LOGIN_DENIED.
        (await ForeignProgram.RunAsync("curl", ["--silent", "--cacert", cluster.Authority, "--user", cluster.TakeUser() + ":wrong", $"imaps://localhost:{cluster.Port(993)}/"])).Expect(67);
    }

    [Fact]
    public async Task The_users_mailboxes_over_http()
    {
        ForeignProgram.Require("curl");
        var user = cluster.TakeUser("store-2");
        var me = (await CurlAsync(user, $"http://127.0.0.1:{cluster.Port(7080)}/v1/me")).Expect(0);
        Assert.StartsWith($"{{\"user\":\"{user}\",\"store\":\"store-2\",\"mailboxes\":[", me.Output, StringComparison.Ordinal);
        Assert.Contains("{\"name\":\"INBOX\",\"messages\":0,\"unseen\":0,\"bytes\":0}", me.Output, StringComparison.Ordinal);

        // 22: an HTTP error, here 401.
        (await ForeignProgram.RunAsync("curl", ["--silent", "--fail", "--user", user + ":wrong", $"http://127.0.0.1:{cluster.Port(7080)}/v1/me"])).Expect(22);
    }

    [Fact]
    public async Task Health_for_people_and_balancers()
    {
        ForeignProgram.Require("curl");
        Assert.Equal("ok\n", (await ForeignProgram.RunAsync("curl", ["--silent", $"http://127.0.0.1:{cluster.Port(7081)}/livez"])).Expect(0).Output);
        var ready = (await ForeignProgram.RunAsync("curl", ["--silent", "--fail", $"http://127.0.0.1:{cluster.Port(7081)}/readyz?verbose"])).Expect(0).Output;
        Assert.Matches(@"\[\+\] routing ok: [0-9]+ stores", ready);
        Assert.Contains("[+] directory ok", ready, StringComparison.Ordinal);
        Assert.EndsWith("ready\n", ready, StringComparison.Ordinal);
        Assert.Contains("up ready", (await ForeignProgram.RunAsync("curl", ["--silent", "--max-time", "5", $"telnet://127.0.0.1:{cluster.Port(7082)}"])).Output, StringComparison.Ordinal);
    }

    private Task<ProgramResult> CurlAsync(string user, string url, params string[] more) =>
        ForeignProgram.RunAsync("curl", ["--silent", "--show-error", "--cacert", cluster.Authority, "--user", user + ":secret", .. more, url]);
}
