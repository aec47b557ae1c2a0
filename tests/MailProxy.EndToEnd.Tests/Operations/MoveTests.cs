using MailKit;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

[Collection(nameof(DevClusterCollection))]
public sealed class MoveTests(DevClusterFixture cluster)
{
    [Fact]
    public async Task A_pin_ends_a_session_in_idle_within_a_second_and_the_next_login_goes_to_the_new_store()
    {
        var user = cluster.TakeUser("store-1");
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make("before-the-move"));
        using var client = await MailClients.ImapAsync(cluster, user);
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadOnly);
        Assert.Equal(1, inbox.Count);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var idle = client.IdleAsync(patience.Token);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using (var http = new HttpClient())
        {
            using var put = await http.PutAsync(new Uri($"http://127.0.0.1:{cluster.Port(7500)}/v1/kv/mailproxy/users/{user}"), new StringContent("store-2"));
            Assert.Equal("true", (await put.Content.ReadAsStringAsync()).Trim());
        }

        await Assert.ThrowsAsync<MailKit.Net.Imap.ImapProtocolException>(() => idle.WaitAsync(patience.Token));
        var ended = watch.Elapsed;
        Assert.True(ended < TimeSpan.FromSeconds(1), $"the session ended {ended.TotalMilliseconds:0} ms after the pin");

        // The new home knows nothing of the mail: moving it is another tool's work. What is told is where the login went and why.
        Assert.Empty(await MailClients.ReadInboxAsync(cluster, user));
        await cluster.Process.SeeAsync($"{user} from 127.0.0.1");
        await cluster.Process.SeeAsync($"goes to store-2 because of pin mailproxy/users/{user}");
        await cluster.Process.SeeAsync("moved to store-2 (pin");
    }
}
