using System.Text;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

[Collection(nameof(DevClusterCollection))]
public sealed class SwaksTests(DevClusterFixture cluster)
{
    [Fact]
    public async Task One_recipient_by_mx_arrives_octet_for_octet()
    {
        ForeignProgram.Require("swaks");
        var user = cluster.TakeUser();
        var message = Messages.Make("swaks-one");
        (await SendAsync(message, "--server", "127.0.0.1", "--port", cluster.PortText(25), "--from", "me@example.net", "--to", user)).Expect(0);
        var stored = Assert.Single(await MailClients.ReadInboxAsync(cluster, user));
        Assert.Equal(message, Messages.WithoutTrace(stored));
        Assert.StartsWith("Return-Path: <me@example.net>\r\nReceived: from ", Encoding.Latin1.GetString(stored), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_recipients_on_both_stores_get_a_copy_each()
    {
        ForeignProgram.Require("swaks");
        string[] users = [cluster.TakeUser("store-1"), cluster.TakeUser("store-2"), cluster.TakeUser("store-1")];
        var message = Messages.Make("swaks-many");
        (await SendAsync(message, "--server", "127.0.0.1", "--port", cluster.PortText(25), "--from", "me@example.net", "--to", string.Join(',', users))).Expect(0);
        foreach (var user in users)
        {
            Assert.Equal(message, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(cluster, user))));
        }
    }

    [Fact]
    public async Task An_unknown_recipient_is_refused_and_a_foreign_one_too()
    {
        ForeignProgram.Require("swaks");
        var unknown = await SendAsync("Subject: x\r\n\r\n", "--server", "127.0.0.1", "--port", cluster.PortText(25), "--from", "me@example.net", "--to", "nobody@example.org");
        Assert.Contains("550 5.1.1", unknown.Expect(24).Output, StringComparison.Ordinal);
        var foreign = await SendAsync("Subject: x\r\n\r\n", "--server", "127.0.0.1", "--port", cluster.PortText(25), "--from", "me@example.net", "--to", "x@elsewhere.example");
        Assert.Contains("550 5.7.1", foreign.Expect(24).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submission_over_starttls_delivers_to_our_users_and_refuses_others()
    {
        ForeignProgram.Require("swaks");
        var sender = cluster.TakeUser();
        var user = cluster.TakeUser("store-2");
        var message = Messages.Make("swaks-submission");
        string[] login = ["--server", "127.0.0.1", "--port", cluster.PortText(587), "--tls", "--auth", "PLAIN", "--auth-user", sender, "--auth-password", "secret", "--from", sender];
        (await SendAsync(message, [.. login, "--to", user])).Expect(0);
        Assert.Equal(message, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(cluster, user))));
        Assert.Contains("550 5.7.1", (await SendAsync(message, [.. login, "--to", "x@elsewhere.example"])).Expect(24).Output, StringComparison.Ordinal);
        string[] wrong = [.. login.Select(argument => argument == "secret" ? "wrong" : argument), "--to", user];
        Assert.Contains("535 5.7.8", (await SendAsync(message, wrong)).Expect(28).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lmtp_gives_a_verdict_for_each_recipient()
    {
        ForeignProgram.Require("swaks");
        string[] users = [cluster.TakeUser("store-1"), cluster.TakeUser("store-2")];
        var sent = await SendAsync(
            Messages.Make("swaks-lmtp"), "--server", "127.0.0.1", "--port", cluster.PortText(24), "--protocol", "LMTP", "--from", "me@example.net", "--to", string.Join(',', users));
        foreach (var user in users)
        {
            Assert.Contains($"250 2.1.5 <{user}>", sent.Expect(0).Output, StringComparison.Ordinal);
            Assert.Single(await MailClients.ReadInboxAsync(cluster, user));
        }
    }

    private static async Task<ProgramResult> SendAsync(string message, params string[] arguments)
    {
        using var folder = new TempDirectory();
        var file = folder.File("message");

        // swaks ends its data with a line end of its own.
        await File.WriteAllTextAsync(file, message[..^2], Encoding.Latin1);
        return await ForeignProgram.RunAsync("swaks", [.. arguments, "--data", "@" + file]);
    }
}
