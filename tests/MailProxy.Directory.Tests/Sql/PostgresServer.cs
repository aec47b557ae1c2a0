using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MailProxy.Directory.Sql;
using MailProxy.Testing;
using Npgsql;
using Xunit;

namespace MailProxy.Directory.Tests.Sql;

/// <summary>
/// A PostgreSQL of its own: Debian's, on a free port of 127.0.0.1, with its data in a temporary folder. It refuses to run as root, so root starts it as
/// the package's user. The test is skipped where it is not installed.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string? Programs = System.IO.Directory.Exists("/usr/lib/postgresql")
        ? System.IO.Directory.GetDirectories("/usr/lib/postgresql").Order().Select(folder => Path.Combine(folder, "bin")).LastOrDefault(folder => System.IO.File.Exists(Path.Combine(folder, "initdb")))
        : null;

    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("mailproxy-postgres-").FullName;
    private readonly List<string> _settings = [];
    private Process? _process;

    private PostgresServer() => Port = FreePort();

    public int Port { get; }

    /// <summary>It is installed here.</summary>
    public static bool IsInstalled => Programs is not null;

    /// <summary>As the superuser.</summary>
    public string Owner => $"Host=127.0.0.1;Port={Port};Username=owner;Database=postgres;Pooling=false;SSL Mode=Disable";

    /// <summary>As the role that the documentation recommends.</summary>
    public string Reader => $"Host=127.0.0.1;Port={Port};Username=mailproxy;Password=reader secret;Database=postgres;SSL Mode=Disable";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A running server with the default schema and the reading role.</summary>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        Assert.SkipWhen(Programs is null, "postgresql is not installed");
        var server = new PostgresServer();
        server._settings.AddRange(settings);
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                await RunAsync("chown", "postgres", server._folder);
            }

            var (program, arguments) = AsUser("initdb", "-D", server.Data, "-U", "owner", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C");
            await RunAsync(program, arguments);
            await System.IO.File.WriteAllTextAsync(Path.Combine(server.Data, "pg_hba.conf"), "host all owner 127.0.0.1/32 trust\nhost all all 127.0.0.0/8 scram-sha-256\n");
            await server.LaunchAsync();
            await server.ExecuteAsync(SqlSchema.Migration(isSqlite: false));
            await server.ExecuteAsync(
                "CREATE ROLE mailproxy LOGIN PASSWORD 'reader secret'; GRANT USAGE ON SCHEMA mailproxy TO mailproxy; GRANT SELECT ON ALL TABLES IN SCHEMA mailproxy TO mailproxy");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it (again) and waits until it answers.</summary>
    public async Task LaunchAsync()
    {
        string[] settings = ["fsync=off", "listen_addresses=127.0.0.1,127.0.0.2", "unix_socket_directories=", $"port={Port}", "log_min_messages=panic", .. _settings];
        var (program, arguments) = AsUser("postgres", ["-D", Data, .. settings.SelectMany(setting => new[] { "-c", setting })]);
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = _process.StandardError.ReadToEndAsync();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (attempt < 200 && !_process.HasExited)
            {
                // The server's own pace: there is nothing to wait for but the answer.
                await Beat.WaitAsync(50);
            }
            catch (NpgsqlException exception)
            {
                throw new InvalidOperationException($"postgres does not start: {(_process.HasExited ? await errors : "no answer")}", exception);
            }
        }
    }

    /// <summary>As power loss does: no farewell to anybody.</summary>
    public async Task KillAsync()
    {
        int[] all = [.. Children(_process!.Id), _process.Id];
        foreach (int id in all)
        {
            _ = Kill(id, 9);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
        System.IO.File.Delete(Path.Combine(Data, "postmaster.pid"));
    }

    /// <summary>The whole server stands still: connections are accepted by the kernel, and nobody answers.</summary>
    public void Freeze() => Signal(19);

    /// <summary>It goes on.</summary>
    public void Thaw() => Signal(18);

    /// <summary>As the superuser, in one go.</summary>
    public async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>A file in the server's folder that it may read.</summary>
    public string WriteFile(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, text);
        if (Environment.IsPrivilegedProcess)
        {
            RunAsync("chown", "postgres", path).GetAwaiter().GetResult();
        }

        if (!OperatingSystem.IsWindows())
        {
            SetMode(path);
        }

        return path;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void SetMode(string path) => System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            Thaw();
            await KillAsync();
        }

        System.IO.Directory.Delete(_folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static (string Program, string[] Arguments) AsUser(string program, params string[] arguments)
    {
        string file = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", file, .. arguments])
            : (file, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await output} {errors}");
    }

    private static List<int> Children(int parent)
    {
        string file = $"/proc/{parent}/task/{parent}/children";
        return System.IO.File.Exists(file)
            ? System.IO.File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToList()
            : [];
    }

    private void Signal(int signal)
    {
        foreach (int id in Children(_process!.Id).Append(_process.Id))
        {
            _ = Kill(id, signal);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int id, int signal);
}
