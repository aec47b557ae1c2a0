using System.Net;
using MailProxy.Proxy.Accept;

namespace MailProxy.Configuration;

/// <summary>An address a store node serves on.</summary>
public sealed class StoreListenerOptions
{
    /// <summary>What is spoken here.</summary>
    public StoreProtocol? Protocol { get; set; }

    /// <summary>IP address to bind; <c>0.0.0.0</c> or <c>::</c> for all.</summary>
    public string Address { get; set; } = "0.0.0.0";

    /// <summary>TCP port, 0 to 65535 (0: any free one).</summary>
    public int Port { get; set; } = -1;

    /// <summary>How proxies come to TLS. HTTP knows only <c>none</c> and <c>implicit</c>.</summary>
    public ListenerTlsMode Tls { get; set; } = ListenerTlsMode.Implicit;

    /// <summary>Where to bind.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Parse(Address), Port);

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Protocol is null)
        {
            yield return $"{path}:Protocol: say which protocol is served here: imap, pop3, lmtp or http.";
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return $"{path}:Address: '{Address}' is not an IP address; use 0.0.0.0 for every IPv4 address or :: for every address.";
        }

        if (Port is < 0 or > 65535)
        {
            yield return $"{path}:Port: give a port from 0 to 65535.";
        }

        if (Protocol == StoreProtocol.Http && Tls == ListenerTlsMode.StartTls)
        {
            yield return $"{path}:Tls: HTTP has no STARTTLS; use implicit.";
        }
    }
}
