using System.Text;
using MailKit;
using MailKit.Search;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>The clients that the reference store is tested with, at Dovecots: once without and once with TLS on the store leg.</summary>
public abstract class DovecotClientTests(DovecotCluster cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The cluster.</summary>
    protected DovecotCluster Cluster => cluster;

    [Fact]
    public async Task Swaks_delivers_to_users_of_both_stores_and_hears_of_unknown_ones()
    {
        ForeignProgram.Require("dovecot", "swaks");
        string[] users = [cluster.TakeUser("store-1"), cluster.TakeUser("store-2")];
        var message = Messages.Make("dovecot-swaks");
        string[] server = ["--server", "127.0.0.1", "--port", cluster.PortText(25), "--from", "me@example.net"];
        (await SwaksAsync(message, [.. server, "--to", string.Join(',', users)])).Expect(0);
        foreach (var user in users)
        {
            Assert.Equal(message, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(cluster, user))));
        }

        Assert.Contains("550 5.1.1", (await SwaksAsync(message, [.. server, "--to", "nobody@example.org"])).Expect(24).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swaks_submits_over_starttls_with_auth()
    {
        ForeignProgram.Require("dovecot", "swaks");
        var sender = cluster.TakeUser("store-1");
        var user = cluster.TakeUser("store-2");
        var message = Messages.Make("dovecot-submission");
        string[] login = ["--server", "127.0.0.1", "--port", cluster.PortText(587), "--tls", "--auth", "PLAIN", "--auth-user", sender, "--from", sender, "--to", user];
        (await SwaksAsync(message, [.. login, "--auth-password", "secret"])).Expect(0);
        Assert.Equal(message, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(cluster, user))));
        Assert.Contains("535 5.7.8", (await SwaksAsync(message, [.. login, "--auth-password", "wrong"])).Expect(28).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-2")]
    public async Task Curl_reads_by_imaps_and_pop3s_what_it_submitted(string store)
    {
        ForeignProgram.Require("dovecot", "curl");
        var user = cluster.TakeUser(store);
        var message = Messages.Make("dovecot-curl");
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("m"), message, Encoding.Latin1);
        (await CurlAsync(user, $"smtps://localhost:{cluster.Port(465)}", "--mail-from", user, "--mail-rcpt", user, "--upload-file", folder.File("m"))).Expect(0);
        var imap = (await CurlAsync(user, $"imaps://localhost:{cluster.Port(993)}/INBOX;MAILINDEX=1")).Expect(0);
        Assert.Equal(message, Messages.WithoutTrace(Encoding.Latin1.GetBytes(imap.Output)));
        var pop3 = (await CurlAsync(user, $"pop3s://localhost:{cluster.Port(995)}/1")).Expect(0);
        Assert.Equal(imap.Output, pop3.Output);
    }

    [Fact]
    public async Task Fetchmail_over_stls_keeps_the_mail_and_fetches_each_message_once()
    {
        ForeignProgram.Require("dovecot", "fetchmail");
        var user = cluster.TakeUser("store-2");
        var messages = Enumerable.Range(1, 5).Select(number => Messages.Make($"dovecot-fetchmail-{number}")).ToList();
        foreach (var message in messages)
        {
            await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], message);
        }

        using var folder = new TempDirectory();
        var fetchmail = new Fetchmail(folder);
        await fetchmail.ConfigureAsync(cluster, user);
        (await fetchmail.PollAsync()).Expect(0);
        Assert.Equal(messages.Select(Fetchmail.Normalize).Order(StringComparer.Ordinal), fetchmail.Fetched);
        (await fetchmail.PollAsync()).Expect(1);
        Assert.Equal(5, (await MailClients.ReadInboxAsync(cluster, user)).Count);
    }

    [Fact]
    public async Task Mbsync_syncs_100_messages_with_folders_and_flags_both_ways()
    {
        ForeignProgram.Require("dovecot", "mbsync");
        var user = cluster.TakeUser("store-1");
        using var folder = new TempDirectory();
        var mbsync = new Mbsync(folder);
        await mbsync.ConfigureAsync(cluster, user);
        string[] boxes = ["INBOX", "Archive", "Projects/Alpha", "Sent"];
        var messages = Enumerable.Range(0, 100).Select(number => Messages.Make($"dovecot-mbsync-{number}", lines: number % 40)).ToList();
        for (var i = 0; i < messages.Count; i++)
        {
            mbsync.Write(boxes[i % boxes.Length], $"m{i}", messages[i], i / boxes.Length % 2 == 0 ? "S" : "");
        }

        await mbsync.SyncAsync();
        using var client = await MailClients.ImapAsync(cluster, user);
        Assert.Equal(messages.Order(StringComparer.Ordinal), (await ReadAllAsync(client, boxes)).Order(StringComparer.Ordinal));

        // Changes on both sides meet: a flag and an expunge there, a new message here.
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadWrite);
        var all = await inbox.SearchAsync(SearchQuery.All);
        Assert.Equal(13, (await inbox.SearchAsync(SearchQuery.Seen)).Count);
        await inbox.AddFlagsAsync([all[0]], MessageFlags.Flagged, silent: true);
        await inbox.AddFlagsAsync([all[^1]], MessageFlags.Deleted, silent: true);
        await inbox.ExpungeAsync();
        await client.DisconnectAsync(quit: true);
        var added = Messages.Make("dovecot-mbsync-added");
        mbsync.Write("INBOX", "added", added, "S");
        await mbsync.SyncAsync();
        Assert.Single(mbsync.Files("INBOX"), file => Mbsync.FlagsOf(file).Contains('F', StringComparison.Ordinal));
        Assert.Equal(messages.Count, boxes.Sum(box => mbsync.Files(box).Count));
        using var again = await MailClients.ImapAsync(cluster, user);
        var remote = await ReadAllAsync(again, boxes);
        Assert.Contains(added, remote);
        Assert.Equal(messages.Count, remote.Count);
        await again.DisconnectAsync(quit: true);
    }

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-2")]
    public async Task MailKit_hears_of_new_mail_in_idle_and_reads_it_octet_for_octet(string store)
    {
        ForeignProgram.Require("dovecot");
        var user = cluster.TakeUser(store);
        using var client = await MailClients.ImapAsync(cluster, user);
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadWrite);
        using var done = new CancellationTokenSource(Patience);
        inbox.CountChanged += (_, _) => done.Cancel();
        var idle = client.IdleAsync(done.Token);
        var big = Messages.Make("dovecot-idle", lines: 30_000);
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], big);
        await idle;
        Assert.Equal(1, inbox.Count);
        Assert.Equal(big, Messages.WithoutTrace(Assert.Single(await MailClients.ReadInboxAsync(cluster, user))));
        var archive = await client.GetFolder(client.PersonalNamespaces[0]).CreateAsync("Archive", isMessageFolder: true);
        Assert.NotNull(archive);
        Assert.NotNull(await inbox.MoveToAsync((await inbox.SearchAsync(SearchQuery.SubjectContains("dovecot-idle")))[0], archive));
        Assert.Equal(0, inbox.Count);
        await client.DisconnectAsync(quit: true);
    }

    [Fact]
    public async Task MailKit_deletes_by_pop3_at_quit()
    {
        ForeignProgram.Require("dovecot");
        var user = cluster.TakeUser("store-2");
        for (var number = 0; number < 3; number++)
        {
            await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make($"dovecot-pop3-{number}"));
        }

        var before = await MailClients.ReadInboxAsync(cluster, user);
        using (var client = await MailClients.Pop3Async(cluster, user))
        {
            Assert.Equal(3, client.Count);
            Assert.Equal(3, (await client.GetMessageUidsAsync()).Distinct().Count());
            await client.DeleteMessageAsync(0);
            await client.DisconnectAsync(quit: true);
        }

        Assert.Equal(before.Skip(1), await MailClients.ReadInboxAsync(cluster, user));
    }

    [Theory]
    [InlineData("store-1")]
    [InlineData("store-2")]
    public async Task Sieve_connect_uploads_lists_activates_fetches_and_deletes_scripts_over_starttls(string store)
    {
        ForeignProgram.Require("dovecot", DovecotOptions.SieveProgram, "sieve-connect");
        var user = cluster.TakeUser(store);
        using var folder = new TempDirectory();
        var script = "require [\"fileinto\"];\r\nif header :contains \"subject\" \"dovecot-sieve\" { fileinto \"Filtered\"; }\r\n" + string.Concat(Enumerable.Range(0, 200).Select(line => $"# line {line}\r\n"));
        await File.WriteAllTextAsync(folder.File("a.sieve"), script);
        (await SieveAsync(user, "--upload", "--localsieve", folder.File("a.sieve"), "--remotesieve", "a")).Expect(0);
        (await SieveAsync(user, "--upload", "--localsieve", folder.File("a.sieve"), "--remotesieve", "b")).Expect(0);
        (await SieveAsync(user, "--activate", "--remotesieve", "a")).Expect(0);
        var listed = (await SieveAsync(user, "--list")).Expect(0).Output;
        Assert.Matches("\"a\".*ACTIVE", listed);
        Assert.Contains("\"b\"", listed, StringComparison.Ordinal);
        (await SieveAsync(user, "--download", "--remotesieve", "a", "--localsieve", folder.File("back.sieve"))).Expect(0);
        Assert.Equal(script, await File.ReadAllTextAsync(folder.File("back.sieve")));
        (await SieveAsync(user, "--delete", "--remotesieve", "b")).Expect(0);
        Assert.DoesNotContain("\"b\"", (await SieveAsync(user, "--list")).Expect(0).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await SieveAsync(user, "--upload", "--localsieve", Path.Combine(folder.Path, "a.sieve"), "--remotesieve", "a/b")).ExitCode);
    }

    [Fact]
    public async Task Sieve_connect_with_a_wrong_password_is_refused_by_the_proxy()
    {
        ForeignProgram.Require("dovecot", DovecotOptions.SieveProgram, "sieve-connect");
        var user = cluster.TakeUser("store-1");
        Assert.NotEqual(0, (await SieveAsync(user, ["--list"], "wrong")).ExitCode);
        await cluster.Proxy.SeeAsync($"BadCredentials (user {user}");
    }

    private static async Task<List<string>> ReadAllAsync(MailKit.Net.Imap.ImapClient client, IEnumerable<string> boxes)
    {
        var messages = new List<string>();
        foreach (var box in boxes)
        {
            var folder = await client.GetFolderAsync(box);
            await folder.OpenAsync(FolderAccess.ReadOnly);
            foreach (var uid in await folder.SearchAsync(SearchQuery.All))
            {
                using var stream = await folder.GetStreamAsync(uid);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                messages.Add(Mbsync.WithoutMark(await reader.ReadToEndAsync()));
            }

            await folder.CloseAsync();
        }

        return messages;
    }

    private static async Task<ProgramResult> SwaksAsync(string message, IEnumerable<string> arguments)
    {
        using var folder = new TempDirectory();
        var file = folder.File("message");

        // swaks ends its data with a line end of its own.
        await File.WriteAllTextAsync(file, message[..^2], Encoding.Latin1);
        return await ForeignProgram.RunAsync("swaks", [.. arguments, "--data", "@" + file]);
    }

    private Task<ProgramResult> SieveAsync(string user, params string[] arguments) => SieveAsync(user, arguments, "secret");

    private Task<ProgramResult> SieveAsync(string user, IEnumerable<string> arguments, string password) => ForeignProgram.RunAsync(
        "sieve-connect",
        [
            "--server", "localhost", "--port", cluster.PortText(4190), "--user", user, "--authmech", "PLAIN", "--passwordfd", "0", "--tlscafile", cluster.Authority, "--noclearauth",
            .. arguments,
        ],
        password + "\n");

    private Task<ProgramResult> CurlAsync(string user, string url, params string[] more) =>
        ForeignProgram.RunAsync("curl", ["--silent", "--show-error", "--cacert", cluster.Authority, "--user", user + ":secret", .. more, url]);
}
