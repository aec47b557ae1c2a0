using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.Shared;

/// <summary>A real redis-server on a port of the system's choice that it keeps, with nothing on disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly string _program;
    private readonly string[] _more;
    private Process? _process;

    private RedisServer(string program, string[] more)
    {
        (_program, _more, Port) = (program, more, FreePort());
        System.IO.File.WriteAllText(KeyFile, new string('k', 40) + "\n");
    }

    public int Port { get; }

    public string KeyFile => _folder.File("shared.key");

    /// <summary>A file beside the key.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Skips the test where redis-server is not installed.</summary>
    public static async Task<RedisServer> StartNewAsync(params string[] more)
    {
        var program = Find("redis-server");
        Assert.SkipWhen(program is null, "redis-server is not installed");
        var server = new RedisServer(program, more);
        await server.StartAsync();
        return server;
    }

    /// <summary>Returns when it accepts connections.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            _program,
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.File(""), "--logfile", _folder.File("log"), .. _more]))!;
        while (!_process.HasExited)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Beat.WaitAsync(20);
            }
        }

        Assert.Fail($"redis-server ended: {await System.IO.File.ReadAllTextAsync(_folder.File("log"))}");
    }

    /// <summary>As a crash.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Stops it in its tracks; connections stay open.</summary>
    public void Freeze() => Signal("-STOP");

    public void Thaw() => Signal("-CONT");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(["/usr/bin", "/usr/local/bin"]).Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(System.IO.File.Exists);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
