using System.Net.Sockets;
using System.Text;
using MailKit;
using MailKit.Search;
using MailProxy.EndToEnd.Tests.Rig;
using MimeKit;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary><c>mailproxy user move</c> between two reference stores: what clients see of it, and that nothing is lost.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed class UserMoveOfMailTests(DevClusterFixture cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Everything_of_a_user_is_at_the_new_store_and_back_at_once()
    {
        var user = cluster.TakeUser("store-1");
        for (var number = 0; number < 5; number++)
        {
            await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make($"message-{number}"));
        }

        await PrepareAsync(user);
        var before = await LookAsync(user);
        Assert.Equal(5, before.Count(line => line.StartsWith("INBOX ", StringComparison.Ordinal)));

        await MoveAsync(user, "store-2");
        Assert.Equal(before, await LookAsync(user));
        await cluster.Process.SeeAsync($"goes to store-2 because of pin mailproxy/users/{user}");

        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make("while-away"));
        var away = await LookAsync(user);
        Assert.Equal(before.Count + 2, away.Count);
        await MoveAsync(user, "store-1");
        Assert.Equal(away, await LookAsync(user));
    }

    [Fact]
    public async Task Mail_that_comes_in_all_the_while_is_all_there_once()
    {
        var user = cluster.TakeUser("store-1");
        using var stop = new CancellationTokenSource();
        var taken = DeliverAsync(user, stop.Token);
        foreach (var store in new[] { "store-2", "store-1", "store-2" })
        {
            await MoveAsync(user, store);
        }

        await stop.CancelAsync();
        var ids = await taken;
        Assert.NotEmpty(ids);
        var found = (await MailClients.ReadInboxAsync(cluster, user)).Select(message => Encoding.Latin1.GetString(message)).ToList();
        Assert.Equal(ids.Count, found.Count);
        Assert.All(ids, id => Assert.Single(found, message => message.Contains($"<{id}@", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_client_in_the_middle_of_an_append_appends_nothing_or_all_of_it()
    {
        var user = cluster.TakeUser("store-1");
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", cluster.Port(143));
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        async Task SayAsync(string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        async Task SeeAsync(string start)
        {
            while (!(await reader.ReadLineAsync().WaitAsync(Patience) ?? throw new IOException("closed")).StartsWith(start, StringComparison.Ordinal))
            {
            }
        }

        await SayAsync($"a LOGIN {user} secret\r\n");
        await SeeAsync("a OK");
        await SayAsync("b APPEND INBOX {1000}\r\n");
        await SeeAsync("+");
        await SayAsync("Subject: half\r\n\r\n");

        await MoveAsync(user, "store-2");

        Assert.Empty(await MailClients.ReadInboxAsync(cluster, user));
        await cluster.Process.SeeAsync("being moved (pin mailproxy/users/" + user);
    }

    [Fact]
    public async Task Twenty_sessions_end_and_come_back_to_the_new_store()
    {
        var user = cluster.TakeUser("store-1");
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => MailClients.ImapAsync(cluster, user)));

        await MoveAsync(user, "store-2");

        foreach (var client in clients)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => client.NoOpAsync());
            client.Dispose();
        }

        foreach (var again in await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => MailClients.ImapAsync(cluster, user))))
        {
            await again.NoOpAsync();
            again.Dispose();
        }
    }

    private async Task MoveAsync(string user, string store)
    {
        await using var move = MailProxyProcess.Start("user", "move", user, store, "--config", Path.Combine(cluster.Data, "proxy.json"));
        var exit = await move.ExitAsync();
        Assert.True(exit == 0, move.Output);
        Assert.Contains($"{user} lives at {store} now", move.Output, StringComparison.Ordinal);
    }

    // Ids that were answered 250. What is put off is sent again, as a mail server does.
    private async Task<List<string>> DeliverAsync(string user, CancellationToken stop)
    {
        var taken = new List<string>();
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var id = $"stream-{number}";
            while (true)
            {
                await using var sender = await MailSender.ConnectAsync(cluster.Port(25));
                var answer = await sender.DeliverAsync("me@example.net", [user], Messages.Make(id));
                if (answer.StartsWith('2'))
                {
                    taken.Add(id);
                    break;
                }

                Assert.StartsWith("4", answer, StringComparison.Ordinal);
                await MailProxy.Testing.Beat.WaitAsync(50, CancellationToken.None);
            }
        }

        return taken;
    }

    private async Task PrepareAsync(string user)
    {
        using var client = await MailClients.ImapAsync(cluster, user);
        var personal = client.GetFolder(client.PersonalNamespaces[0]);
        var folder = await personal.CreateAsync("Work", isMessageFolder: true) ?? throw new InvalidOperationException("no folder");
        await folder.SubscribeAsync();
        await folder.AppendAsync(new MimeMessage { Subject = "kept", Body = new TextPart("plain") { Text = "x" } }, MessageFlags.Flagged, DateTimeOffset.UnixEpoch);
        await client.Inbox!.OpenAsync(FolderAccess.ReadWrite);
        var uids = await client.Inbox.SearchAsync(SearchQuery.All);
        await client.Inbox.AddFlagsAsync(uids[1], MessageFlags.Seen | MessageFlags.Answered, silent: true);
        await client.DisconnectAsync(quit: true);
    }

    // One line for everything a client can tell apart.
    private async Task<List<string>> LookAsync(string user)
    {
        var lines = new List<string>();
        using (var client = await MailClients.ImapAsync(cluster, user))
        {
            foreach (var folder in await client.GetFoldersAsync(client.PersonalNamespaces[0]))
            {
                await folder.OpenAsync(FolderAccess.ReadOnly);
                lines.Add($"folder {folder.FullName} validity {folder.UidValidity} subscribed {folder.IsSubscribed}");
                foreach (var message in await folder.FetchAsync(0, -1, MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.InternalDate | MessageSummaryItems.Size))
                {
                    lines.Add($"{folder.FullName} {message.UniqueId} {message.Flags & ~MessageFlags.Recent} {message.InternalDate:O} {message.Size}");
                }
            }

            await client.DisconnectAsync(quit: true);
        }

        using var pop3 = await MailClients.Pop3Async(cluster, user);
        lines.AddRange((await pop3.GetMessageUidsAsync()).Select(uid => $"uidl {uid}"));
        await pop3.DisconnectAsync(quit: true);
        return lines;
    }
}
