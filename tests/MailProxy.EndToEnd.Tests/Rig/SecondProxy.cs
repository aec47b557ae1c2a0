using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailProxy.Testing;
using MailProxy.Transport.Portable;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>One more proxy of a dev cluster, as a process of its own with a configuration that a test changes.</summary>
internal sealed class SecondProxy(DevClusterFixture cluster, string name, MailProxyProcess process, string file, int port) : IAsyncDisposable
{
    /// <summary>The process.</summary>
    public MailProxyProcess Process => process;

    /// <summary>Its configuration.</summary>
    public string File => file;

    /// <summary>Where it speaks IMAP in clear, on 127.0.0.1.</summary>
    public int Port => port;

    /// <summary>Starts it and waits until it serves.</summary>
    public static async Task<SecondProxy> StartAsync(DevClusterFixture cluster, TempDirectory folder, string name, params string[] overrides)
    {
        var configuration = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(cluster.Data, "proxy.json")))!;
        configuration["Node"]!["Name"] = name;
        configuration["Listeners"] = JsonSerializer.SerializeToNode(new[] { new { Protocol = "imap", Address = "127.0.0.1", Port = 0, Tls = "starttls" } });
        configuration["Admin"]![nameof(Port)] = 0;
        configuration["Http"] = new JsonObject();
        var file = folder.File($"{name}.json");
        await System.IO.File.WriteAllTextAsync(file, configuration.ToJsonString());
        var process = MailProxyProcess.Start(["proxy", "--config", file, .. overrides.SelectMany(setting => new[] { "--set", setting })]);
        try
        {
            var line = await process.SeeAsync("serves imap");
            var bound = line[line.IndexOf("127.0.0.1:", StringComparison.Ordinal)..].Split(' ', ',')[0];
            return new SecondProxy(cluster, name, process, file, int.Parse(bound.Split(':')[1], CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Changes its configuration as an editor does: by a new file in place of the old one.</summary>
    public async Task ChangeAsync(Action<JsonObject> change)
    {
        var configuration = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(file))!.AsObject();
        change(configuration);
        await WriteAsync(configuration.ToJsonString());
    }

    /// <summary>Replaces its configuration by any text.</summary>
    public async Task WriteAsync(string text)
    {
        await System.IO.File.WriteAllTextAsync(file + ".new", text);
        System.IO.File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>A client that has read the greeting.</summary>
    public async Task<DialogueClient> ConnectAsync(int? at = null)
    {
        var client = new DialogueClient(await new PortableTransport().ConnectAsync(new IPEndPoint(IPAddress.Loopback, at ?? port)));
        await client.ExpectAsync("\\* OK *");
        return client;
    }

    /// <summary>A client that is logged in; an answer that came back was spliced.</summary>
    public async Task<DialogueClient> LogInAsync(string user)
    {
        var client = await ConnectAsync();
        await client.SendLineAsync($"a LOGIN {user} secret");
        await client.ExpectUntilAsync("a OK *");
        await client.SendLineAsync("b NOOP");
        await client.ExpectUntilAsync("b OK *");
        return client;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await cluster.ForgetProxyAsync(name);
    }
}
