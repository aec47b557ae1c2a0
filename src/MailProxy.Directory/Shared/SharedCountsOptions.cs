using System.Net;

namespace MailProxy.Directory.Shared;

/// <summary>A Redis-protocol server (Redis, Valkey ...) where all proxy nodes count together. Section <c>Shared</c>; no servers: each node counts by itself.</summary>
public sealed class SharedCountsOptions
{
    /// <summary>What port a server has that names none.</summary>
    internal const int DefaultPort = 6379;

    // As many as `openssl rand -hex 16` writes: 128 bits.
    private const int ShortestKey = 32;

    /// <summary><c>host</c> or <c>host:port</c> of one server and its replicas; whichever is the primary is written to. No cluster.</summary>
    public List<string> Servers { get; set; } = [];

    /// <summary>The server's user (ACL); empty: the default one.</summary>
    public string User { get; set; } = "";

    /// <summary>A file whose first line is the server's password; empty: it asks for none.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>
    /// A file whose first line is the secret that all nodes share: names, addresses and passwords stand on the server as hashes keyed with it. At least 32
    /// characters, like <c>openssl rand -base64 32</c> writes.
    /// </summary>
    public string KeyFile { get; set; } = "";

    /// <summary>How long a login waits for the server; then this node counts by itself. A server nearby answers within a millisecond.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether there is anything to share.</summary>
    public bool IsOn => Servers.Count > 0;

    /// <summary>Every error, as <c>path: what to do</c>. Asks no server.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (!IsOn)
        {
            yield break;
        }

        foreach (var server in Servers)
        {
            if (!TryParse(server, out _))
            {
                yield return $"{path}:{nameof(Servers)}: '{server}' is not of the form host or host:port.";
            }
        }

        if (FirstLine(KeyFile, out var key) is { } problem)
        {
            yield return $"{path}:{nameof(KeyFile)}: {problem}; write one with 'openssl rand -base64 32' and give all nodes the same.";
        }
        else if (key.Length < ShortestKey)
        {
            yield return $"{path}:{nameof(KeyFile)}: the first line of '{KeyFile}' has {key.Length} characters; give at least {ShortestKey}, as 'openssl rand -base64 32' writes.";
        }

        if (PasswordFile.Length > 0 && (FirstLine(PasswordFile, out var password) ?? (password.Length == 0 ? "its first line is empty" : null)) is { } trouble)
        {
            yield return $"{path}:{nameof(PasswordFile)}: {trouble}; it has to be the server's password.";
        }

        if (Timeout < TimeSpan.FromMilliseconds(10) || Timeout > TimeSpan.FromSeconds(1))
        {
            yield return $"{path}:{nameof(Timeout)}: give a time from \"00:00:00.010\" to \"00:00:01\": each login may have to wait for it once.";
        }
    }

    /// <summary>The first line of a file, without blanks at its ends; or why it cannot be read.</summary>
    internal static string? FirstLine(string path, out string line)
    {
        line = "";
        if (path.Length == 0)
        {
            return "names no file";
        }

        try
        {
            line = System.IO.File.ReadLines(path).FirstOrDefault("").Trim();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"'{path}' cannot be read: {exception.Message}";
        }
    }

    /// <summary>The end point that a server's text names.</summary>
    internal static bool TryParse(string server, out EndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, 0);
        if (IPEndPoint.TryParse(server, out var address))
        {
            endPoint = address.Port == 0 ? new IPEndPoint(address.Address, DefaultPort) : address;
            return true;
        }

        var colon = server.LastIndexOf(':');
        var (host, port) = colon < 0 ? (server, DefaultPort) : (server[..colon], int.TryParse(server.AsSpan(colon + 1), out var number) ? number : 0);
        if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4) || port is < 1 or > 65535)
        {
            return false;
        }

        endPoint = new DnsEndPoint(host, port);
        return true;
    }
}
