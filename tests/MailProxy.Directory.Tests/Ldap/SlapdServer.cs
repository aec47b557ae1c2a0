using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.Ldap;

/// <summary>OpenLDAP's slapd, with the schema of config/ and its data in a folder of its own, on ports of the system's choice that it keeps.</summary>
internal sealed class SlapdServer : IAsyncDisposable
{
    public const string Base = "dc=example,dc=org";
    public const string ServiceDn = "cn=proxy,dc=example,dc=org";

    private readonly TempDirectory _folder = new();
    private readonly string _program;
    private readonly bool _isTls;
    private Process? _process;

    private SlapdServer(string program, string content, TestAuthority? authority, string[] names, bool isLarge)
    {
        (_program, _isTls) = (program, authority is not null);
        (Port, TlsPort) = (FreePort(), FreePort());
        System.IO.Directory.CreateDirectory(_folder.File("data"));
        System.IO.File.WriteAllText(PasswordFile, "service password\n");
        System.IO.File.WriteAllText(_folder.File("content.ldif"), content);
        System.IO.File.WriteAllText(_folder.File("slapd.conf"), Configuration(authority, names));
        Run("slapadd", [.. isLarge ? ["-q"] : Array.Empty<string>(), "-f", _folder.File("slapd.conf"), "-l", _folder.File("content.ldif")]);
    }

    /// <summary>ldap://, with StartTLS if there is a certificate.</summary>
    public int Port { get; }

    /// <summary>ldaps://.</summary>
    public int TlsPort { get; }

    public string Url => $"ldap://127.0.0.1:{Port}";

    public string PasswordFile => _folder.File("service.password");

    public string AuthoritiesFile => _folder.File("ca.pem");

    /// <summary>Skips the test where slapd is not installed.</summary>
    /// <param name="content">LDIF below <see cref="Base"/>; see <see cref="Ldif"/>.</param>
    /// <param name="authority">With one it speaks TLS.</param>
    /// <param name="names">Of its certificate; none: 127.0.0.1 and localhost.</param>
    public static SlapdServer Create(string content, TestAuthority? authority = null, params string[] names)
    {
        var program = Find("slapd");
        Assert.SkipWhen(program is null || Find("slapadd") is null, "slapd is not installed");
        return new SlapdServer(program, content, authority, names, isLarge: false);
    }

    /// <summary>The same for much content, which is loaded without being checked: it must be as slapd would write it.</summary>
    public static SlapdServer CreateLarge(string content)
    {
        var program = Find("slapd");
        Assert.SkipWhen(program is null || Find("slapadd") is null, "slapd is not installed");
        return new SlapdServer(program, content, null, [], isLarge: true);
    }

    /// <summary>Returns when it accepts connections.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(_program, ["-d", "0", "-f", _folder.File("slapd.conf"), "-h", _isTls ? $"{Url}/ ldaps://127.0.0.1:{TlsPort}/" : $"{Url}/"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        var errors = _process.StandardError.ReadToEndAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
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
                await timer.WaitForNextTickAsync();
            }
        }

        Assert.Fail($"slapd ended: {await errors}");
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
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private string Configuration(TestAuthority? authority, string[] names)
    {
        var tls = "";
        if (authority is not null)
        {
            using var certificate = authority.Server(names);
            System.IO.File.WriteAllText(AuthoritiesFile, authority.Authorities[0].ExportCertificatePem());
            System.IO.File.WriteAllText(_folder.File("tls.crt"), certificate.ExportCertificatePem());
            System.IO.File.WriteAllText(_folder.File("tls.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            tls = $"TLSCertificateFile {_folder.File("tls.crt")}\nTLSCertificateKeyFile {_folder.File("tls.key")}\n";
        }

        // Without modules that Debian builds in elsewhere: back_mdb is one there.
        return $"""
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/inetorgperson.schema
            include {Schema()}
            modulepath /usr/lib/ldap
            moduleload back_mdb
            pidfile {_folder.File("slapd.pid")}
            {tls}
            access to attrs=userPassword,mailProxyPassword,mailProxyAppPassword by dn.exact="{ServiceDn}" read by anonymous auth by * none
            access to * by dn.exact="{ServiceDn}" read by * none
            database mdb
            suffix "{Base}"
            rootdn "cn=root,{Base}"
            directory {_folder.File("data")}
            maxsize 4294967296
            dbnosync
            index objectClass,mail,mailProxyAlias,uid,dc eq

            """;
    }

    private static string Schema()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "MailProxy.sln")))
            {
                return Path.Combine(folder.FullName, "config", "mailproxy.schema");
            }
        }

        throw new InvalidOperationException($"MailProxy.sln is in no folder above {AppContext.BaseDirectory}: run the tests from a checkout");
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {errors} {output.Result}");
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(["/usr/sbin", "/sbin"]).Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(System.IO.File.Exists);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
