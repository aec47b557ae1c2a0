using System.Diagnostics;
using System.Globalization;
using MailProxy.Store.Moves.Api;
using MailProxy.Store.Tests.Engine;
using Xunit;

namespace MailProxy.Store.Tests.Moves;

/// <summary>A store in a process of its own, to be killed. It keeps folder and port over its deaths.</summary>
internal sealed class NodeProcess(string id) : IAsyncDisposable
{
    private HttpClient? _http;
    private Process? _process;
    private int _port;

    public string Data { get; } = Directory.CreateTempSubdirectory("mailproxy-store-").FullName;

    public StoreMoveClient Client { get; private set; } = null!;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/");

    public bool IsDead => _process!.HasExited;

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "MailProxy.Store.KillTarget")) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in new[] { "node", Data, id, _port.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        _process?.Dispose();
        _process = Process.Start(start)!;
        var line = await _process.StandardOutput.ReadLineAsync(TestStore.Stop);
        Assert.StartsWith("port ", line, StringComparison.Ordinal);
        _port = int.Parse(line![5..], CultureInfo.InvariantCulture);
        _http?.Dispose();
        _http = new HttpClient { BaseAddress = new Uri(Address) };
        Client = new StoreMoveClient(_http);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(TestStore.Stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        _http?.Dispose();
        Directory.Delete(Data, recursive: true);
    }
}
