using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
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
        var fetchmail = new Fetchmail(folder);
        await fetchmail.ConfigureAsync(cluster, user);
        (await fetchmail.PollAsync()).Expect(0);
        Assert.Equal(messages.Select(Fetchmail.Normalize).Order(StringComparer.Ordinal), fetchmail.Fetched);

        // 1: there was no mail.
        (await fetchmail.PollAsync()).Expect(1);
        Assert.Equal(5, (await MailClients.ReadInboxAsync(cluster, user)).Count);
    }
}
