using System.Net;
using System.Text.Json.Nodes;
using MailKit;
using MailProxy.EndToEnd.Tests.Rig;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary><c>mailproxy user move</c> against a running cluster; the mail is copied by a command of ours, which holds the move at will.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed class UserMoveTests(DevClusterFixture cluster) : IDisposable
{
    private readonly Copier _copier = new();

    public void Dispose() => _copier.Dispose();

    [Fact]
    public async Task Sessions_end_logins_wait_mail_is_put_off_and_all_goes_on_at_the_new_store()
    {
        var user = cluster.TakeUser("store-1");
        using var client = await MailClients.ImapAsync(cluster, user);
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var idle = client.IdleAsync(patience.Token);

        await using var move = Move(user, "store-2", "--via", _copier.Path);
        await move.SeeAsync($"copier runs for {user} from store-1 to store-2 in move");
        await Assert.ThrowsAnyAsync<Exception>(() => idle.WaitAsync(patience.Token));
        Assert.False(patience.IsCancellationRequested);
        var login = MailClients.ImapAsync(cluster, user);
        await using (var sender = await MailSender.ConnectAsync(cluster.Port(25)))
        {
            Assert.StartsWith("450 4.2.1", await sender.DeliverAsync("me@example.net", [user], Messages.Make("too-early")), StringComparison.Ordinal);
        }

        Assert.False(login.IsCompleted);
        _copier.Say(0);

        using var again = await login.WaitAsync(patience.Token);
        Assert.True(again.IsAuthenticated);
        Assert.Equal(0, await move.ExitAsync());
        Assert.Contains("every proxy has confirmed", move.Output, StringComparison.Ordinal);
        Assert.Contains($"{user} lives at store-2 now", move.Output, StringComparison.Ordinal);
        Assert.Equal("store-2", await ValueAsync($"mailproxy/users/{user}"));
        await cluster.Process.SeeAsync($"goes to store-2 because of pin mailproxy/users/{user}");
        await MailSender.SendAsync(cluster.Port(25), "me@example.net", [user], Messages.Make("at-the-new-home"));
        Assert.Single(await MailClients.ReadInboxAsync(cluster, user));
    }

    [Fact]
    public async Task An_interrupted_move_says_how_to_go_on_and_is_taken_back()
    {
        var user = cluster.TakeUser("store-1");
        await using var move = Move(user, "store-2", "--via", _copier.Path);
        await move.SeeAsync("copier runs");
        await using (var second = Move(user, "store-2", "--via", _copier.Path))
        {
            Assert.Equal(1, await second.ExitAsync());
            Assert.Contains($"{user} is already being moved from store-1 to store-2: by ", second.Output, StringComparison.Ordinal);
        }

        move.Interrupt();

        Assert.Equal(1, await move.ExitAsync());
        Assert.Contains("Interrupted.", move.Output, StringComparison.Ordinal);
        Assert.Contains($"mailproxy user move {user} --resume", move.Output, StringComparison.Ordinal);
        await using (var status = Move(user, "--status", "--json"))
        {
            Assert.Equal(0, await status.ExitAsync());
            var told = JsonNode.Parse(status.Output)!;
            Assert.Equal(("freezing", false, "store-2"), ((string?)told["step"], (bool)told["running"]!, (string?)told["to"]));
        }

        await using var abort = Move(user, "--abort");
        Assert.Equal(0, await abort.ExitAsync());
        Assert.Contains($"{user} still lives at store-1", abort.Output, StringComparison.Ordinal);
        Assert.Null(await ValueAsync($"mailproxy/users/{user}"));
        Assert.Empty(await MailClients.ReadInboxAsync(cluster, user));
    }

    [Fact]
    public async Task A_killed_move_is_finished_by_the_next_run()
    {
        var user = cluster.TakeUser("store-1");
        await using (var move = Move(user, "store-2", "--via", _copier.Path))
        {
            await move.SeeAsync("copier runs");
            await move.KillAsync();
        }

        _copier.Say(0);
        await using (var incomplete = Move(user, "--resume"))
        {
            // What stands in Consul is never run.
            Assert.Equal(1, await incomplete.ExitAsync());
            Assert.Contains($"'{_copier.Path}': say so again, with --resume --via COMMAND", incomplete.Output, StringComparison.Ordinal);
        }

        await using var resumed = Move(user, "--resume", "--via", _copier.Path);
        Assert.Equal(0, await resumed.ExitAsync());
        Assert.Contains($"{user} lives at store-2 now", resumed.Output, StringComparison.Ordinal);
        Assert.Equal("store-2", await ValueAsync($"mailproxy/users/{user}"));
    }

    [Fact]
    public async Task A_copy_that_fails_is_taken_back_by_itself_and_a_second_attempt_goes_through_and_back_at_once()
    {
        var user = cluster.TakeUser("store-1");
        _copier.Say(3);
        await using (var failed = Move(user, "store-2", "--via", _copier.Path, "--json"))
        {
            Assert.Equal(1, await failed.ExitAsync());
            var last = JsonNode.Parse(failed.Output.Split('\n').Last(line => line.StartsWith("{\"done\"", StringComparison.Ordinal)))!;
            Assert.False((bool)last["done"]!);
            Assert.Contains("exit code 3", (string?)last["reason"], StringComparison.Ordinal);
        }

        Assert.Null(await ValueAsync($"mailproxy/users/{user}"));
        _copier.Say(0);
        foreach (var store in new[] { "store-2", "store-1" })
        {
            await using var move = Move(user, store, "--via", _copier.Path);
            Assert.Equal(0, await move.ExitAsync());
            Assert.Equal(store, await ValueAsync($"mailproxy/users/{user}"));
        }
    }

    [Fact]
    public async Task A_dead_store_is_refused_before_anything_happens()
    {
        var user = cluster.TakeUser("store-1");
        using (var http = new HttpClient())
        {
            // A TTL check begins critical.
            using var put = await http.PutAsync(
                new Uri($"http://127.0.0.1:{cluster.Port(7500)}/v1/agent/service/register"),
                new StringContent("""{ "ID": "store-dead", "Name": "mail-store", "Address": "127.0.0.1", "Meta": { "imap": "1" }, "Check": { "TTL": "60s" } }"""));
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        }

        await using var move = Move(user, "store-dead", "--via", _copier.Path);

        Assert.Equal(1, await move.ExitAsync());
        Assert.Contains("store-dead is offline", move.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", move.Output, StringComparison.Ordinal);
        Assert.Null(await ValueAsync($"mailproxy/users/{user}"));
    }

    [Theory]
    [InlineData(2, "STORE", "someone@example.org")]
    [InlineData(2, "one at a time", "someone@example.org", "--resume", "--abort")]
    [InlineData(2, "--timeout takes", "someone@example.org", "store-2", "--timeout", "0")]
    [InlineData(1, "The directory knows no user someone@example.org", "someone@example.org", "store-2")]
    [InlineData(1, "The directory knows no user someone@example.org", "someone@example.org", "--resume")]
    public async Task What_cannot_be_done_is_told(int exit, string told, params string[] arguments)
    {
        await using var move = Move(arguments);
        Assert.Equal(exit, await move.ExitAsync());
        Assert.Contains(told, move.Output, StringComparison.Ordinal);
    }

    private MailProxyProcess Move(params string[] arguments) =>
        MailProxyProcess.Start(["user", "move", .. arguments, "--config", Path.Combine(cluster.Data, "proxy.json")]);

    private async Task<string?> ValueAsync(string key)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{cluster.Port(7500)}/v1/kv/{key}?raw"));
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await answer.Content.ReadAsStringAsync();
    }
}
