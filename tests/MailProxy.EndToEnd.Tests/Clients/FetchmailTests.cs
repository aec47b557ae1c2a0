using System.Text;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using MimeKit;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Clients;

[Collection(nameof(DevClusterCollection))]
public sealed class FetchmailTests(DevClusterFixture cluster)
{
    [Fact]
    public async Task Fetchmail_over_stls_keeps_the_mail_and_fetches_each_message_once()
    {
        ForeignProgram.Require("fetchmail");
        var user = cluster.TakeUser();
        var messages = Enumerable.Range(1, 5).Select(number => Messages.Make($"fetchmail-{number}")).ToList();
        foreach (var message in messages)
        {
            await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], message);
        }

        using var folder = new TempDirectory();
        var box = folder.File("box");
        System.IO.Directory.CreateDirectory(box);
        var rc = folder.File("fetchmailrc");
        await File.WriteAllTextAsync(
            rc,
            $"""
            set idfile "{folder.File("ids")}"
            set pidfile "{folder.File("pid")}"
            poll localhost protocol POP3 service {cluster.Port(110)} uidl
              user "{user}" password "secret" sslproto "auto" sslcertck sslcertfile "{cluster.Authority}" keep
              no rewrite no mimedecode mda "cat > $(mktemp {box}/XXXXXXXX)"

            """);
        File.SetUnixFileMode(rc, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var environment = new Dictionary<string, string> { ["HOME"] = folder.Path, ["FETCHMAILHOME"] = folder.Path };
        (await ForeignProgram.RunAsync("fetchmail", ["-f", rc, "--nodetach", "--nosyslog"], environment: environment)).Expect(0);
        var fetched = System.IO.Directory.GetFiles(box).Select(file => Normalize(File.ReadAllText(file, Encoding.Latin1))).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(messages.Select(Normalize).Order(StringComparer.Ordinal), fetched);

        // 1: there was no mail.
        (await ForeignProgram.RunAsync("fetchmail", ["-f", rc, "--nodetach", "--nosyslog"], environment: environment)).Expect(1);
        Assert.Equal(5, (await MailClients.ReadInboxAsync(cluster, user)).Count);
    }

    // fetchmail gives its MDA lines that end in LF, and puts a Received field of its own in front.
    private static string Normalize(string message)
    {
        var text = message.Replace("\r\n", "\n", StringComparison.Ordinal);
        return text[text.IndexOf("From: Me", StringComparison.Ordinal)..];
    }
}
