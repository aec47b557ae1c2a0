using System.Net;

namespace MailProxy.Proxy.Accept;

/// <summary>An address we accept on, with its protocol and TLS mode.</summary>
public sealed class ListenerOptions
{
    /// <summary>What is spoken here.</summary>
    public MailProtocol? Protocol { get; set; }

    /// <summary>IP address to bind; <c>0.0.0.0</c> or <c>::</c> for all.</summary>
    public string Address { get; set; } = "0.0.0.0";

    /// <summary>TCP port, 0 to 65535 (0: any free one).</summary>
    public int Port { get; set; } = -1;

    /// <summary>How clients come to TLS.</summary>
    public ListenerTlsMode Tls { get; set; } = ListenerTlsMode.StartTls;

    /// <summary>Connections of this listener; the default is that of all listeners together (<c>Limits:Connections</c>).</summary>
    public int Connections { get; set; } = 100_000;

    /// <summary>Whether connections begin with a PROXY header, version 1 or 2, before TLS.</summary>
    public ProxyHeaderMode ProxyHeader { get; set; } = ProxyHeaderMode.Off;

    /// <summary>
    /// Networks (CIDR) or addresses of balancers and proxies in front of this listener, whose word counts for which client they speak: by PROXY
    /// header where that is required, and by XCLIENT or IMAP ID. Nobody else's does.
    /// </summary>
    public List<string> TrustedPeers { get; set; } = [];

    /// <summary><see cref="TrustedPeers"/>, read once they are used.</summary>
    internal PeerNetworks Trusted => field ??= new PeerNetworks(TrustedPeers);

    /// <summary>Where to bind.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Parse(Address), Port);

    /// <summary>The name in logs and errors: <c>imap</c>, <c>imaps</c> ...</summary>
    public string Name => (Protocol, Tls) switch
    {
        (MailProtocol.Imap, ListenerTlsMode.Implicit) => "imaps",
        (MailProtocol.Pop3, ListenerTlsMode.Implicit) => "pop3s",
        (MailProtocol.Submission, ListenerTlsMode.Implicit) => "submissions",
        (MailProtocol.Sieve, ListenerTlsMode.Implicit) => "sieves",
        var (protocol, _) => ProtocolNames.Of(protocol ?? MailProtocol.Imap),
    };

    /// <summary>Nothing differs: a listener that was read anew need not be opened anew.</summary>
    public bool IsSameAs(ListenerOptions other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Protocol, Address, Port, Tls, Connections, ProxyHeader) == (other.Protocol, other.Address, other.Port, other.Tls, other.Connections, other.ProxyHeader)
            && TrustedPeers.SequenceEqual(other.TrustedPeers, StringComparer.Ordinal);
    }

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Protocol is null)
        {
            yield return $"{path}:Protocol: say which protocol this listener speaks: imap, pop3, submission, mx, lmtp or sieve.";
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return $"{path}:Address: '{Address}' is not an IP address; use 0.0.0.0 for every IPv4 address or :: for every address.";
        }

        if (Port is < 0 or > 65535)
        {
            yield return $"{path}:Port: give a port from 0 to 65535.";
        }

        if (Connections < 1)
        {
            yield return $"{path}:Connections: give a number of at least 1.";
        }

        for (var i = 0; i < TrustedPeers.Count; i++)
        {
            if (!PeerNetworks.TryParse(TrustedPeers[i], out _))
            {
                yield return $"{path}:TrustedPeers:{i}: '{TrustedPeers[i]}' is no network; write 192.0.2.0/24, 2001:db8::/64 or one address.";
            }
        }

        if (ProxyHeader == ProxyHeaderMode.Required && TrustedPeers.Count == 0)
        {
            yield return $"{path}:TrustedPeers: a PROXY header is required here, so name the networks of the balancers that send it, or nobody can connect.";
        }
    }
}
