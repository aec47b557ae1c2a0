using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>
/// A real Postfix with a configuration, a queue and a log of its own, never the system's. It takes mail from whoever is told by XCLIENT to have logged in, offers
/// STARTTLS, and throws away what it would send on: its log says what it heard.
/// </summary>
internal sealed class PostfixServer : WatchedProcess
{
    private const string Daemons = "/usr/lib/postfix/sbin";

    // A log line comes after the daemon that writes it got its turn.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder;

    private PostfixServer(ProcessStartInfo start, string folder, int port)
        : base(start) => (_folder, Port) = (folder, port);

    /// <summary>Where it speaks SMTP, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Everything that it logged so far.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "mail.log");

    /// <summary>Skips the test, by name, where Postfix is missing or cannot be run: its master switches users.</summary>
    public static void Require()
    {
        ForeignProgram.Require("postfix");
        Assert.SkipUnless(System.IO.Directory.Exists(Daemons), "the daemons of postfix are not where Debian puts them");
        Assert.SkipUnless(Environment.UserName == "root", "postfix needs root to be started");
    }

    /// <summary>Starts it; ends when it greets.</summary>
    public static async Task<PostfixServer> StartAsync(TempDirectory folder, string name, TestAuthority authority, params string[] settings)
    {
        var home = folder.File(name);
        Open(folder.Path, [.. new[] { home, Path.Combine(home, "conf"), Path.Combine(home, "queue") }.Select(path => System.IO.Directory.CreateDirectory(path).FullName)]);
        using var certificate = authority.Server();
        await File.WriteAllTextAsync(
            Path.Combine(home, "conf", "tls.pem"), $"{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n");
        (await ForeignProgram.RunAsync("install", ["-d", "-o", "postfix", Path.Combine(home, "data")])).Expect(0);
        for (var attempt = 0; ; attempt++)
        {
            var port = FreePort();
            await File.WriteAllTextAsync(Path.Combine(home, "conf", "main.cf"), MainFile(home, name) + string.Concat(settings.Select(setting => setting + "\n")));
            await File.WriteAllTextAsync(Path.Combine(home, "conf", "master.cf"), Services(port));
            var server = new PostfixServer(new ProcessStartInfo(ForeignProgram.Find("postfix")!, ["-c", Path.Combine(home, "conf"), "start-fg"]), home, port);
            try
            {
                await server.GreetAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // Somebody else took the port meanwhile.
                await server.StopAsync();
            }
        }
    }

    /// <summary>A line of its log with all of these in it.</summary>
    public async Task<string> SeeInLogAsync(params string[] texts)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            if (Log.Split('\n').FirstOrDefault(line => texts.All(text => line.Contains(text, StringComparison.Ordinal))) is { } found)
            {
                return found;
            }

            Assert.True(DateTime.UtcNow < until, $"Postfix did not log '{string.Join("' and '", texts)}':\n{Log}\n{Output}");
            await Beat.WaitAsync(50);
        }
    }

    /// <summary>Ends its master, whoever its parent is, then the command that started it.</summary>
    public async Task StopAsync()
    {
        var file = Path.Combine(_folder, "queue", "pid", "master.pid");

        // By a program, because the file is locked, and .NET reads no file that somebody else has locked.
        if (int.TryParse((await ForeignProgram.RunAsync("cat", [file])).Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var master))
        {
            await ForeignProgram.RunAsync("kill", ["-TERM", master.ToString(CultureInfo.InvariantCulture)]);
            try
            {
                using var process = Process.GetProcessById(master);
                await process.WaitForExitAsync().WaitAsync(Patience);
            }
            catch (ArgumentException)
            {
                // It is gone already.
            }
        }

        await DisposeAsync();
    }

    private static void Open(string parent, IEnumerable<string> folders)
    {
        // Postfix's own user goes through them.
        foreach (var folder in folders.Prepend(parent))
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task GreetAsync()
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (DateTime.UtcNow < until && !Log.Contains("fatal:", StringComparison.Ordinal))
            {
                await Beat.WaitAsync(100);
            }
            catch (SocketException exception)
            {
                throw new InvalidOperationException($"Postfix does not listen: {Log}\n{Output}", exception);
            }
        }
    }

    private static string MainFile(string home, string name) =>
        $"""
        compatibility_level = 3.6
        queue_directory = {home}/queue
        data_directory = {home}/data
        command_directory = /usr/sbin
        daemon_directory = {Daemons}
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = {name}.test
        mydestination =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        smtpd_authorized_xclient_hosts = 127.0.0.1
        smtpd_sasl_auth_enable = yes
        smtpd_relay_restrictions = permit_sasl_authenticated, reject
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = {home}/conf/tls.pem
        smtpd_tls_loglevel = 1
        maillog_file = {home}/mail.log
        maillog_file_prefixes = {Path.GetTempPath().TrimEnd('/')}
        default_transport = discard:
        relay_transport = discard:
        alias_maps =
        alias_database =
        local_recipient_maps =
        biff = no

        """;

    private static string Services(int port) =>
        $"""
        127.0.0.1:{port} inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        lmtp unix - - n - - lmtp
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        anvil unix - - n - 1 anvil
        postlog unix-dgram n - n - 1 postlogd

        """;
}
