using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.Relay;

/// <summary>How the relay hands messages on.</summary>
public sealed class RelayOptions
{
    /// <summary>Where submitted mail for domains that are not ours goes: <c>host:port</c>. Empty: it is refused with 550 5.7.1.</summary>
    public string Smarthost { get; set; } = "";

    /// <summary>TLS with the smarthost. Its certificate must be good for its name by the system's CAs.</summary>
    public StoreTlsMode SmarthostTls { get; set; } = StoreTlsMode.StartTls;

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Smarthost.Length > 0 && !TryParseSmarthost(out _, out _))
        {
            yield return $"{path}:Smarthost: '{Smarthost}' is not host:port, like smtp.example.net:587.";
        }
    }

    /// <summary>Host and port of the smarthost.</summary>
    internal bool TryParseSmarthost(out string host, out int port)
    {
        var colon = Smarthost.LastIndexOf(':');
        host = colon > 0 ? Smarthost[..colon].Trim('[', ']') : "";
        port = 0;
        return host.Length > 0 && int.TryParse(Smarthost.AsSpan(colon + 1), out port) && port is > 0 and <= 65535;
    }
}
