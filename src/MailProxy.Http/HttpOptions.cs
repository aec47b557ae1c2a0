using System.Globalization;
using System.Net;

namespace MailProxy.Http;

/// <summary>The HTTP side of a proxy node. Addresses are <c>ip:port</c> (<c>[::1]:8080</c>); null or empty: not listened on.</summary>
public sealed class HttpOptions
{
    /// <summary>User traffic.</summary>
    public string? Listen { get; set; }

    /// <summary>User traffic by HTTPS, with the node's certificate. Without it passwords are taken from this machine only.</summary>
    public bool Tls { get; set; }

    /// <summary>Health for load balancers and people: not for the world.</summary>
    public string? Admin { get; set; }

    /// <summary>HAProxy's agent-check.</summary>
    public string? AgentCheck { get; set; }

    /// <summary>Largest request body, octets. 64 MiB: the largest message that is usual (50 MB) in base64 would not fit a smaller one.</summary>
    public long MaxBodyBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Connections of user traffic at once.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>What browsers show when they ask for a password.</summary>
    public string Realm { get; set; } = "mail";

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        foreach (var (name, value) in new[] { (nameof(Listen), Listen), (nameof(Admin), Admin), (nameof(AgentCheck), AgentCheck) })
        {
            if (!string.IsNullOrEmpty(value) && ParseEndPoint(value) is null)
            {
                yield return $"{path}:{name}: '{value}' is not an address; write ip:port, e.g. 127.0.0.1:8080 or [::]:8080.";
            }
        }

        if (MaxBodyBytes <= 0)
        {
            yield return $"{path}:{nameof(MaxBodyBytes)}: give a number of octets above 0.";
        }

        if (MaxConnections <= 0)
        {
            yield return $"{path}:{nameof(MaxConnections)}: give a number above 0.";
        }

        // It stands in a quoted string of a header.
        if (Realm.Length == 0 || Realm.Any(c => c is < ' ' or > '~' or '"' or '\\'))
        {
            yield return $"{path}:{nameof(Realm)}: use printable ASCII without quotes and backslashes.";
        }
    }

    /// <summary>Null when it is not an <c>ip:port</c>.</summary>
    internal static IPEndPoint? ParseEndPoint(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0
            && IPAddress.TryParse(text[..colon].TrimStart('[').TrimEnd(']'), out var address)
            && text.StartsWith('[') == (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new IPEndPoint(address, port)
            : null;
    }
}
