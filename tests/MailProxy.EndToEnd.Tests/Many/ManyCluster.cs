using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Many;

/// <summary>One <c>mailproxy dev</c> process with three stores, for a test that empties or fills whole stores.</summary>
internal sealed class ManyCluster : IMailCluster, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly TempDirectory _folder = new();
    private readonly HttpClient _http = new();
    private MailProxyProcess _process = null!;
    private int _base;

    /// <inheritdoc/>
    public string Authority => Path.Combine(Data, "tls", "ca.pem");

    private string Data => _folder.File("data");

    /// <summary>Starts it.</summary>
    /// <param name="users">How many users the directory has, from 1.</param>
    /// <param name="homeOf">The home of each; null: none.</param>
    public static async Task<ManyCluster> StartAsync(int users, Func<int, string?>? homeOf = null)
    {
        var cluster = new ManyCluster();
        System.IO.Directory.CreateDirectory(cluster.Data);
        var entries = Enumerable.Range(1, users).Select(number => homeOf?.Invoke(number) is { } home
            ? (object)new { name = NameOf(number), password = "{PLAIN}secret", home }
            : new { name = NameOf(number), password = "{PLAIN}secret" });
        await File.WriteAllTextAsync(Path.Combine(cluster.Data, "users.json"), JsonSerializer.Serialize(new { domains = new[] { "example.org" }, users = entries }));
        cluster._base = PortBase.Find();
        cluster._process = MailProxyProcess.Start("dev", "--stores", "3", "--port-base", cluster._base.ToString(CultureInfo.InvariantCulture), "--data", cluster.Data);
        await cluster._process.SeeAsync("A mail cluster is running");
        return cluster;
    }

    /// <summary>A user's name.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user{number}@example.org");

    /// <inheritdoc/>
    public int Port(int standard) => _base + standard;

    /// <summary>Starts a command with the proxy's configuration.</summary>
    public MailProxyProcess Start(params string[] arguments) => MailProxyProcess.Start([.. arguments, "--config", Path.Combine(Data, "proxy.json")]);

    /// <summary>Runs a command to its end; its output.</summary>
    public async Task<string> RunAsync(int exit, params string[] arguments)
    {
        await using var command = Start(arguments);
        var code = await command.ExitAsync();
        Assert.True(code == exit, $"{string.Join(' ', arguments)} ended with {code}:\n{command.Output}\n{_process.Output}");
        return command.Output;
    }

    /// <summary>The last line of a command's JSON.</summary>
    public async Task<JsonNode> AskAsync(int exit, params string[] arguments) =>
        JsonNode.Parse((await RunAsync(exit, [.. arguments, "--json"])).Split('\n').Last(line => line.StartsWith('{')))!;

    /// <summary>Delivers one message; what is put off is sent again, as a mail server does.</summary>
    public async Task DeliverAsync(string user, string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            await using var sender = await MailSender.ConnectAsync(Port(25));
            var answer = await sender.DeliverAsync("me@example.net", [user], Messages.Make(id));
            if (answer.StartsWith('2'))
            {
                return;
            }

            Assert.StartsWith("4", answer, StringComparison.Ordinal);
            await Beat.WaitAsync(50, patience.Token);
        }
    }

    /// <summary>The ids of what is in a user's INBOX, sorted; an id that is there twice comes twice.</summary>
    public async Task<List<string>> IdsAsync(string user) =>
    [
        .. (await MailClients.ReadInboxAsync(this, user)).Select(message => Encoding.Latin1.GetString(message).Split("Message-ID: <")[1].Split('@')[0]).Order(StringComparer.Ordinal),
    ];

    /// <summary>Writes a key below <c>mailproxy/</c>; null deletes it.</summary>
    public async Task PutAsync(string key, string? value)
    {
        using var answer = value is null ? await _http.DeleteAsync(Key(key)) : await _http.PutAsync(Key(key), new StringContent(value));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>A value below <c>mailproxy/</c>; null: there is none.</summary>
    public async Task<string?> ValueAsync(string key)
    {
        using var answer = await _http.GetAsync(Key(key + "?raw"));
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await answer.Content.ReadAsStringAsync();
    }

    /// <summary>The keys below a folder of <c>mailproxy/</c>, without it.</summary>
    public async Task<List<string>> KeysAsync(string folder)
    {
        using var answer = await _http.GetAsync(Key($"{folder}/?keys"));
        return answer.StatusCode == HttpStatusCode.NotFound
            ? []
            : [.. JsonSerializer.Deserialize<string[]>(await answer.Content.ReadAsStringAsync())!.Select(key => key[$"mailproxy/{folder}/".Length..])];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    private Uri Key(string key) => new($"http://127.0.0.1:{Port(7500)}/v1/kv/mailproxy/{key}");
}
