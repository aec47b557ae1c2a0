using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.EndToEnd.Tests.Nginx;

/// <summary>A real nginx mail proxy as a child process, never the system's service.</summary>
internal sealed class NginxProcess : WatchedProcess
{
    private const string Module = "/usr/lib/nginx/modules/ngx_mail_module.so";

    private NginxProcess(ProcessStartInfo start, NginxPorts ports)
        : base(start) => Ports = ports;

    /// <summary>Where it listens.</summary>
    public NginxPorts Ports { get; }

    /// <summary>Skips the test, by name, where nginx or its mail module is missing.</summary>
    public static void Require()
    {
        ForeignProgram.Require("nginx");
        Assert.SkipUnless(File.Exists(Module), "libnginx-mod-mail is not installed");
    }

    /// <summary>Starts it in a folder of its own, asking this service; ends when its ports are open.</summary>
    public static async Task<NginxProcess> StartAsync(TempDirectory folder, string authUrl, TestAuthority authority)
    {
        using var certificate = authority.Server();
        await File.WriteAllTextAsync(folder.File("nginx.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(folder.File("nginx.key"), System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!.ExportPkcs8PrivateKeyPem());
        for (var attempt = 0; ; attempt++)
        {
            var ports = NginxPorts.Find();
            var file = folder.File("nginx.conf");
            await File.WriteAllTextAsync(file, Format(folder, authUrl, ports));
            var process = new NginxProcess(new ProcessStartInfo(ForeignProgram.Find("nginx")!, ["-c", file, "-p", folder.Path, "-e", "stderr"]), ports);
            try
            {
                await process.WaitForPortAsync(ports.Imaps);
                return process;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                // Somebody else took a port meanwhile.
                await process.DisposeAsync();
            }
        }
    }

    private async Task WaitForPortAsync(int port)
    {
        // "start worker process" is what it says at the level of notice.
        await SeeAsync("start worker process ");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
    }

    private static string Format(TempDirectory folder, string authUrl, NginxPorts ports) =>
        $$"""
        load_module {{Module}};
        daemon off;
        master_process on;
        worker_processes 1;
        pid {{folder.File("nginx.pid")}};
        error_log stderr notice;
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        events { worker_connections 64; }
        mail {
          server_name mail.example.org;
          auth_http {{authUrl}};
          auth_http_header X-Auth-Key k-17;
          auth_http_timeout 10s;
          proxy_pass_error_message on;
          imap_auth login plain;
          pop3_auth plain;
          smtp_auth login plain none;
          ssl_protocols TLSv1.2 TLSv1.3;
          ssl_certificate {{folder.File("nginx.crt")}};
          ssl_certificate_key {{folder.File("nginx.key")}};
          server { listen 127.0.0.1:{{ports.Imap}}; protocol imap; }
          server { listen 127.0.0.1:{{ports.Pop3}}; protocol pop3; }
          server { listen 127.0.0.1:{{ports.Smtp}}; protocol smtp; proxy_smtp_auth on; xclient off; }
          server { listen 127.0.0.1:{{ports.Imaps}} ssl; protocol imap; }
        }
        """;
}
