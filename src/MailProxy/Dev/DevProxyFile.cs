using System.Text.Json;
using MailProxy.Configuration;

namespace MailProxy.Dev;

/// <summary>The running cluster as a proxy's configuration file, so that <c>mailproxy user ... --config</c> finds it.</summary>
internal static class DevProxyFile
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Writes it anew at each start: ports may differ.</summary>
    public static void Write(string path, ProxyConfig config)
    {
        var text = JsonSerializer.Serialize(
            new
            {
                Node = new { config.Node.Name, config.Node.HostName, config.Node.Address },
                Listeners = config.Listeners.Select(listener => new { Protocol = listener.Protocol.ToString(), listener.Address, listener.Port, Tls = listener.Tls.ToString() }),
                Tls = new { config.Tls.Certificate, config.Tls.Key },
                Authentication = new { ClearText = config.Authentication.ClearText.ToString() },
                Directory = new { config.Directory.Provider, File = new { config.Directory.File.Path } },
                Consul = new { config.Consul.Address },
                Stores = new
                {
                    Login = config.Stores.Login.ToString(),
                    Tls = new { config.Stores.Tls.Authorities, config.Stores.Tls.ClientCertificate, config.Stores.Tls.ClientKey },
                },
                Admin = new { config.Admin.Address, config.Admin.Port, config.Admin.TokenFile },
                Http = new { config.Http.Listen, config.Http.Admin, config.Http.AgentCheck },
            },
            Json);
        var draft = path + ".new";
        File.WriteAllText(draft, text);
        File.Move(draft, path, overwrite: true);
    }
}
