using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailKit.Security;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>A proxy and reference stores as processes of their own, in clear on loopback and without Consul: MX, submission and IMAP.</summary>
internal sealed class RelayingNode : IAsyncDisposable
{
    private readonly List<MailProxyProcess> _processes = [];
    private string _listeners = "";

    /// <summary>The proxy.</summary>
    public MailProxyProcess Proxy => _processes[^1];

    /// <summary>A store's process, by its place.</summary>
    public MailProxyProcess Store(int index) => _processes[index];

    /// <summary>Starts them.</summary>
    /// <param name="folder">For files.</param>
    /// <param name="stores">How many reference stores: store-1 and so on.</param>
    /// <param name="configure">Changes the proxy's configuration.</param>
    public static async Task<RelayingNode> StartAsync(TempDirectory folder, int stores, Action<JsonObject> configure)
    {
        var node = new RelayingNode();
        try
        {
            await File.WriteAllTextAsync(folder.File("master"), "master-secret\n");
            var places = new JsonArray();
            for (var i = 1; i <= stores; i++)
            {
                places.Add(JsonSerializer.SerializeToNode(new { Id = $"store-{i}", Address = "127.0.0.1", Ports = await node.StartStoreAsync(folder, i), Tls = "none" }));
            }

            await node.StartProxyAsync(folder, places, configure);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>A port by its listener's name: <c>mx</c>, <c>submission</c>, <c>imap</c>.</summary>
    public int Port(string listener)
    {
        var entry = _listeners.Split(", ").Single(one => one.Contains(listener + " 127.0.0.1:", StringComparison.Ordinal));
        return int.Parse(entry[(entry.LastIndexOf(':') + 1)..].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a message by MX with swaks.</summary>
    public Task<ProgramResult> SendAsync(string message, string from, string to) => SwaksAsync(message, from, to, "mx");

    /// <summary>Submits a message as a user with swaks.</summary>
    public Task<ProgramResult> SubmitAsync(string message, string user, string to, string? from = null) =>
        SwaksAsync(message, from ?? user, to, "submission", "--auth", "PLAIN", "--auth-user", user, "--auth-password", "secret");

    /// <summary>Every message of INBOX as text, an octet for each character.</summary>
    public async Task<IReadOnlyList<string>> InboxAsync(string user)
    {
        using var client = new MailKit.Net.Imap.ImapClient();
        await client.ConnectAsync("127.0.0.1", Port("imap"), SecureSocketOptions.None);
        await client.AuthenticateAsync(user, "secret");
        var inbox = client.Inbox!;
        await inbox.OpenAsync(MailKit.FolderAccess.ReadOnly);
        var messages = new List<string>();
        foreach (var uid in await inbox.SearchAsync(MailKit.Search.SearchQuery.All))
        {
            using var stream = await inbox.GetStreamAsync(uid);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            messages.Add(Encoding.Latin1.GetString(copy.ToArray()));
        }

        await client.DisconnectAsync(quit: true);
        return messages;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (var i = _processes.Count - 1; i >= 0; i--)
        {
            await _processes[i].DisposeAsync();
        }
    }

    private async Task<ProgramResult> SwaksAsync(string message, string from, string to, string listener, params string[] more)
    {
        using var folder = new TempDirectory();
        var file = folder.File("message");

        // swaks ends its data with a line end of its own.
        await File.WriteAllTextAsync(file, message[..^2], Encoding.Latin1);
        var port = Port(listener).ToString(CultureInfo.InvariantCulture);
        return await ForeignProgram.RunAsync("swaks", ["--server", "127.0.0.1", "--port", port, "--from", from, "--to", to, .. more, "--data", "@" + file]);
    }

    private async Task<Dictionary<string, int>> StartStoreAsync(TempDirectory folder, int number)
    {
        var file = folder.File($"store-{number}.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Node"] = new { Name = $"store-{number}", HostName = $"store-{number}.test" },
            ["Store"] = new { Data = folder.File($"store-{number}") },
            ["Listeners"] = new[] { "imap", "lmtp" }.Select(protocol => new { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = "none" }),
            ["Access"] = new { MasterUser = "proxy", MasterPasswordFile = folder.File("master"), AllowClearText = true },
            ["Consul"] = new { Address = "http://127.0.0.1:1" },
        }));
        _processes.Add(MailProxyProcess.Start("store", "--config", file));
        var line = await _processes[^1].SeeAsync($"Store store-{number} serves");
        var words = line[line.IndexOf("serves ", StringComparison.Ordinal)..].Split(' ', ',').Where(word => word.Length > 0).ToList();
        return new[] { "imap", "lmtp" }.ToDictionary(
            service => service, service => int.Parse(words[words.FindIndex(word => word.Equals(service, StringComparison.OrdinalIgnoreCase)) + 1], CultureInfo.InvariantCulture));
    }

    private async Task StartProxyAsync(TempDirectory folder, JsonArray stores, Action<JsonObject> configure)
    {
        object User(string name, string home) => new { name = $"{name}@example.org", password = "{PLAIN}secret", home };
        await File.WriteAllTextAsync(folder.File("users.json"), JsonSerializer.Serialize(new
        {
            domains = new[] { "example.org" },
            users = new[] { User("alice", "store-1"), User("bob", "store-2"), User("carol", "store-1") },
            aliases = new Dictionary<string, string[]> { ["sales@example.org"] = ["alice@example.org"] },
        }));
        var configuration = JsonSerializer.SerializeToNode(new Dictionary<string, object>
        {
            ["Node"] = new { Name = "relaying", HostName = "mail.example.org" },
            ["Listeners"] = new[] { "mx", "submission", "imap" }.Select(protocol => new { Protocol = protocol, Address = "127.0.0.1", Port = 0, Tls = "none" }),
            ["Authentication"] = new { ClearText = "loopback" },
            ["Directory"] = new { Provider = "file", File = new { Path = folder.File("users.json") } },
            ["Routing"] = new { Mode = "static" },
            ["Stores"] = new { Login = "master", MasterUser = "proxy", MasterPasswordFile = folder.File("master") },
        })!.AsObject();
        configuration["Routing"]!["Stores"] = stores;
        configure(configuration);
        await File.WriteAllTextAsync(folder.File("proxy.json"), configuration.ToJsonString());
        _processes.Add(MailProxyProcess.Start("proxy", "--config", folder.File("proxy.json")));
        var line = await Proxy.SeeAsync("Proxy relaying serves");
        _listeners = line[line.IndexOf("serves ", StringComparison.Ordinal)..];
    }
}
