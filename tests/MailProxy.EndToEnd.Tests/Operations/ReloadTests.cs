using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>A proxy whose configuration changes while it has a session.</summary>
[Collection(nameof(DevClusterCollection))]
public sealed class ReloadTests(DevClusterFixture cluster)
{
    [Fact]
    public async Task A_changed_file_is_applied_the_session_goes_on_and_what_needs_a_restart_is_named()
    {
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "proxy-reload");
        await using var client = await proxy.LogInAsync(cluster.TakeUser());
        await proxy.ChangeAsync(configuration =>
        {
            configuration["Listeners"]!.AsArray().Add(JsonSerializer.SerializeToNode(new { Protocol = "pop3", Address = "127.0.0.1", Port = 0, Tls = "starttls" }));
            configuration["Limits"] = new JsonObject { ["PreLogin"] = "00:02:00" };
            configuration["Node"]!["HostName"] = "other.example.org";
            configuration["Log"] = new JsonObject { ["Level"] = "debug" };
        });
        await proxy.Process.SeeAsync("was read again: Listeners, Limits:PreLogin, Log:Level changed");
        await proxy.Process.SeeAsync("in force after a restart only: Node:HostName");
        await StillAliveAsync(client);
        await using var debug = await proxy.LogInAsync(cluster.TakeUser());
        await proxy.Process.SeeAsync("goes to store-1 because of");

        // Back again: nothing is left that needs a restart, and the listener that is no more is closed without ending what it serves.
        await proxy.ChangeAsync(configuration =>
        {
            configuration["Node"]!["HostName"] = "localhost";
            configuration["Listeners"] = JsonSerializer.SerializeToNode(new[] { new { Protocol = "mx", Address = "127.0.0.1", Port = 0, Tls = "starttls" } });
        });
        await proxy.Process.SeeAsync("was read again: Listeners changed");
        Assert.Equal(1, proxy.Process.CountOf("in force after a restart only"));
        await StillAliveAsync(client);
        await Assert.ThrowsAnyAsync<Exception>(() => proxy.ConnectAsync());
    }

    [Fact]
    public async Task A_bad_file_changes_nothing_and_every_error_is_told()
    {
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "proxy-bad");
        await using var client = await proxy.LogInAsync(cluster.TakeUser());
        var good = await File.ReadAllTextAsync(proxy.File);
        await proxy.WriteAsync(good[..(good.Length / 2)]);
        var line = await proxy.Process.SeeAsync("was refused, what was read before stays in force: this is not JSON");
        Assert.DoesNotContain(good[..40], line, StringComparison.Ordinal);
        await proxy.WriteAsync(good);
        await proxy.Process.SeeAsync("was read again: nothing changed");
        await proxy.ChangeAsync(configuration =>
        {
            configuration["Listeners"] = new JsonArray();
            configuration["Limits"] = new JsonObject { ["Idle"] = "00:00:00", ["Nonsense"] = 1 };
        });
        await using (var reload = Run("proxies", "reload", "proxy-bad"))
        {
            Assert.Equal(1, await reload.ExitAsync());
            Assert.Contains("changed nothing", reload.Output, StringComparison.Ordinal);
            Assert.Contains("Limits:Nonsense: there is no such setting", reload.Output, StringComparison.Ordinal);
            Assert.Contains("Limits:Idle: give a time above zero", reload.Output, StringComparison.Ordinal);
            Assert.Contains("Listeners: name at least one listener", reload.Output, StringComparison.Ordinal);
        }

        await StillAliveAsync(client);
        await using var next = await proxy.LogInAsync(cluster.TakeUser());
    }

    [Fact]
    public async Task Another_directory_is_asked_from_the_next_login_on()
    {
        using var folder = new TempDirectory();
        await using var proxy = await SecondProxy.StartAsync(cluster, folder, "proxy-directory");
        var user = cluster.TakeUser();
        await using var client = await proxy.LogInAsync(user);
        var users = folder.File("others.json");
        await File.WriteAllTextAsync(users, JsonSerializer.Serialize(new
        {
            domains = new[] { "example.org" },
            users = new[] { new { name = "new.one@example.org", password = "{PLAIN}secret", home = "store-1" } },
        }));
        await proxy.ChangeAsync(configuration => configuration["Directory"]!["File"]!["Path"] = users);
        proxy.Process.HangUp();
        await proxy.Process.SeeAsync("was read again: Directory:File:Path changed");
        await StillAliveAsync(client);
        await using var next = await proxy.LogInAsync("new.one@example.org");
        await using var before = await proxy.ConnectAsync();
        await before.SendLineAsync(string.Create(CultureInfo.InvariantCulture, $"a LOGIN {user} secret"));
        await before.ExpectAsync("a NO [AUTHENTICATIONFAILED] *");
    }

    private static async Task StillAliveAsync(DialogueClient client)
    {
        await client.SendLineAsync("z NOOP");
        await client.ExpectUntilAsync("z OK *");
    }

    private MailProxyProcess Run(params string[] arguments) => MailProxyProcess.Start([.. arguments, "--config", Path.Combine(cluster.Data, "proxy.json")]);
}
