using System.Globalization;
using System.Text.Json;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>A proxy process with one IMAP listener, one store and one password for everybody; no Consul, no files but its configuration.</summary>
internal sealed class SmallProxy(MailProxyProcess process, int port) : IAsyncDisposable
{
    /// <summary>The process.</summary>
    public MailProxyProcess Process => process;

    /// <summary>Where it speaks IMAP, on 127.0.0.1.</summary>
    public int Port => port;

    /// <summary>Writes its configuration.</summary>
    public static async Task<string> ConfigureAsync(TempDirectory folder, string transport, int storePort)
    {
        var file = folder.File("proxy.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Node"] = new { Name = "small", HostName = "mail.example.org" },
            ["Transport"] = transport,
            ["Listeners"] = new[] { new { Protocol = "imap", Address = "127.0.0.1", Port = 0, Tls = "none" } },
            ["Authentication"] = new { ClearText = "loopback" },
            ["Directory"] = new { Provider = "static", Static = new { Password = "{PLAIN}secret" } },
            ["Routing"] = new { Mode = "static", Stores = new[] { new { Id = "store-1", Address = "127.0.0.1", Ports = new { imap = storePort }, Tls = "none" } } },
            ["Stores"] = new { Login = "password" },
            ["Log"] = new { Level = "information" },
        }));
        return file;
    }

    /// <summary>Starts it, by a limiter if there is one, and waits until it serves.</summary>
    public static Task<SmallProxy> StartAsync(string configuration, params string[] limiter) =>
        WaitAsync(MailProxyProcess.StartWithin(limiter, "proxy", "--config", configuration));

    /// <summary>Starts it with a rehearsal, at most so long, and waits until it serves.</summary>
    public static Task<SmallProxy> StartRehearsingAsync(string configuration, string limit) =>
        WaitAsync(MailProxyProcess.Start("proxy", "--config", configuration, "--set", $"Rehearsal={limit}"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async Task<SmallProxy> WaitAsync(MailProxyProcess process)
    {
        try
        {
            var line = await process.SeeAsync("serves imap");
            var bound = line[line.IndexOf("127.0.0.1:", StringComparison.Ordinal)..].Split(' ', ',')[0];
            return new SmallProxy(process, int.Parse(bound.Split(':')[1], CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
