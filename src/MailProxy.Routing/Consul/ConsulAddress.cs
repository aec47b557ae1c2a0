using System.Diagnostics.CodeAnalysis;

namespace MailProxy.Routing.Consul;

/// <summary>Where an agent listens, in the notations of CONSUL_HTTP_ADDR.</summary>
/// <param name="BaseUri">Scheme, host and port of requests (a placeholder host for a unix socket).</param>
/// <param name="SocketPath">Path of the unix socket; null: TCP.</param>
public sealed record ConsulAddress(Uri BaseUri, string? SocketPath)
{
    /// <summary>Where an agent listens when nobody says otherwise.</summary>
    public const string Default = "127.0.0.1:8500";

    private const string UnixScheme = "unix://";

    /// <summary>Reads <c>host:port</c>, <c>http(s)://host[:port]</c> or <c>unix:///path</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ConsulAddress? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        problem = null;
        if (text.StartsWith(UnixScheme, StringComparison.OrdinalIgnoreCase))
        {
            var path = text[UnixScheme.Length..];
            if (path.Length == 0 || path[0] != '/')
            {
                problem = $"'{text}' names no socket: write unix:///path/to/socket";
                return false;
            }

            address = new ConsulAddress(new Uri("http://consul.socket/"), path);
            return true;
        }

        var url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0
            || uri.PathAndQuery is not ("/" or "") || uri.UserInfo.Length != 0)
        {
            problem = $"'{text}' is no address of an agent: write host:port, http://host:port, https://host:port or unix:///path";
            return false;
        }

        address = new ConsulAddress(uri, null);
        return true;
    }

    /// <summary>For logs and people.</summary>
    public override string ToString() => SocketPath is null ? BaseUri.GetLeftPart(UriPartial.Authority) : UnixScheme + SocketPath;
}
