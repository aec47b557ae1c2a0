using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Search;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Operations;

/// <summary>SIGKILL of the whole cluster while mail comes in: what was answered 250 is there once, nothing is half there.</summary>
public sealed partial class KillTests
{
    private const int Deliveries = 2_000;
    private const int Users = 10;

    [Theory]
    [InlineData(100, 300)]
    [InlineData(100, 1_200)]
    [InlineData(2_000, 700)]
    public async Task Whatever_was_acknowledged_is_there_once_after_a_restart(int connections, int killAfter)
    {
        using var folder = new TempDirectory();
        await WriteUsersAsync(folder.File("d"));
        var portBase = PortBase.Find();
        var text = portBase.ToString(CultureInfo.InvariantCulture);
        var acknowledged = new ConcurrentDictionary<string, string>();
        await using (var first = MailProxyProcess.Start("dev", "--port-base", text, "--data", folder.File("d"), "--log", "warning"))
        {
            await first.SeeAsync("A mail cluster is running");
            await DeliverUntilKilledAsync(first, portBase + 25, acknowledged, connections, killAfter);
        }

        Assert.InRange(acknowledged.Count, killAfter, Deliveries);
        await using var second = MailProxyProcess.Start("dev", "--port-base", text, "--data", folder.File("d"), "--log", "warning");
        await second.SeeAsync("A mail cluster is running");
        var found = new Dictionary<string, int>();
        for (var user = 0; user < Users; user++)
        {
            foreach (var message in await ReadInboxAsync(portBase + 143, NameOf(user)))
            {
                var id = IdPattern().Match(message).Groups[1].Value;
                Assert.Equal(Messages.Make(id), message[message.IndexOf("From: Me", StringComparison.Ordinal)..]);
                found[id] = found.GetValueOrDefault(id) + 1;
            }
        }

        Assert.DoesNotContain(acknowledged.Keys, id => found.GetValueOrDefault(id) != 1);
        Assert.DoesNotContain(found, entry => entry.Value > 1);
    }

    private static async Task DeliverUntilKilledAsync(MailProxyProcess process, int port, ConcurrentDictionary<string, string> acknowledged, int connections, int killAfter)
    {
        var next = -1;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var senders = Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            try
            {
                await using var sender = await MailSender.ConnectAsync(port);
                while (Interlocked.Increment(ref next) is var number && number < Deliveries)
                {
                    var id = string.Create(CultureInfo.InvariantCulture, $"kill-{number}");
                    var answer = await sender.DeliverAsync("me@example.net", [NameOf(number % Users)], Messages.Make(id));
                    if (answer.StartsWith("250", StringComparison.Ordinal))
                    {
                        acknowledged[id] = answer;
                        if (acknowledged.Count >= killAfter)
                        {
                            enough.TrySetResult();
                        }
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or TimeoutException)
            {
                // Killed under our feet: nothing was promised for the message under way. A connection that was not accepted yet may never
                // hear of it, so it runs into its time.
            }
        })).ToList();
        await enough.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await process.KillAsync();
        await Task.WhenAll(senders);
    }

    private static async Task<IReadOnlyList<string>> ReadInboxAsync(int port, string user)
    {
        using var client = new MailKit.Net.Imap.ImapClient();
        await client.ConnectAsync("127.0.0.1", port, MailKit.Security.SecureSocketOptions.None);
        await client.AuthenticateAsync(user, "secret");
        var inbox = client.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadOnly);
        var messages = new List<string>();
        foreach (var uid in await inbox.SearchAsync(SearchQuery.All))
        {
            using var stream = await inbox.GetStreamAsync(uid);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            messages.Add(await reader.ReadToEndAsync());
        }

        await client.DisconnectAsync(quit: true);
        return messages;
    }

    private static async Task WriteUsersAsync(string data)
    {
        System.IO.Directory.CreateDirectory(data);
        var users = Enumerable.Range(0, Users).Select(number => new { name = NameOf(number), password = "{PLAIN}secret", home = $"store-{1 + (number % 2)}" });
        await File.WriteAllTextAsync(Path.Combine(data, "users.json"), JsonSerializer.Serialize(new { domains = new[] { "example.org" }, users }));
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user{number}@example.org");

    [GeneratedRegex("Message-ID: <([^@]+)@example.net>")]
    private static partial Regex IdPattern();
}
