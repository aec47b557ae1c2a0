using System.Net;
using System.Net.Sockets;

namespace MailProxy.EndToEnd.Tests.Nginx;

/// <summary>nginx cannot be told to take any free port and to say which, so the system names some that are free a moment before.</summary>
internal sealed record NginxPorts(int Imap, int Pop3, int Smtp, int Imaps)
{
    /// <summary>Four that are free now.</summary>
    public static NginxPorts Find()
    {
        var listeners = Enumerable.Range(0, 4).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        listeners.ForEach(listener => listener.Dispose());
        return new NginxPorts(ports[0], ports[1], ports[2], ports[3]);
    }
}
