using System.Net;
using System.Net.Sockets;

namespace MailProxy.Proxy.Milter;

/// <summary>One milter.</summary>
public sealed class MilterServerOptions
{
    // A client gives up after 10 min without an answer to its dot (RFC 5321 4.5.3.2.6), and the stores want their share of them.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>Its name in logs and metrics.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it listens: <c>host:port</c> or <c>unix:/path</c>.</summary>
    public string Address { get; set; } = "";

    /// <summary>It is asked on MX listeners.</summary>
    public bool Mx { get; set; } = true;

    /// <summary>It is asked where submission is relayed.</summary>
    public bool Submission { get; set; } = true;

    /// <summary>What becomes of a message when it cannot be asked. Postfix's milter_default_action is tempfail as well.</summary>
    public MilterFailure OnFailure { get; set; } = MilterFailure.TempFail;

    /// <summary>To connect and negotiate. It is next door: seconds are a fault already.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>For each answer up to the header. Postfix's milter_command_timeout.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For each answer from the header on; begins anew when the milter says that it is at work. Virus scanners need a while.</summary>
    public TimeSpan ContentTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Name.Length == 0 || Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            yield return $"{path}:{nameof(Name)}: give the milter a name of letters, digits, '-', '_' and '.', like opendkim.";
        }

        if (!TryParse(out _))
        {
            yield return $"{path}:{nameof(Address)}: '{Address}' is neither host:port, like 127.0.0.1:8891, nor unix:/path.";
        }

        if (!Mx && !Submission)
        {
            yield return $"{path}:{nameof(Mx)}: this milter is asked nowhere; set {nameof(Mx)} or {nameof(Submission)}, or take it out.";
        }

        foreach (var (name, value) in new[] { (nameof(ConnectTimeout), ConnectTimeout), (nameof(CommandTimeout), CommandTimeout), (nameof(ContentTimeout), ContentTimeout) })
        {
            if (value <= TimeSpan.Zero || value > Longest)
            {
                yield return $"{path}:{name}: give a time above zero and up to {Longest}, like \"00:00:30\".";
            }
        }
    }

    /// <summary>Where to dial.</summary>
    internal bool TryParse(out EndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.None, 0);
        if (Address.StartsWith("unix:/", StringComparison.Ordinal))
        {
            // The kernel's sun_path has 108 octets.
            var path = Address["unix:".Length..];
            if (path.Length > 107)
            {
                return false;
            }

            endPoint = new UnixDomainSocketEndPoint(path);
            return true;
        }

        var colon = Address.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(Address.AsSpan(colon + 1), out var port) || port is <= 0 or > ushort.MaxValue)
        {
            return false;
        }

        var host = Address[..colon].Trim('[', ']');
        endPoint = IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
        return Uri.CheckHostName(host) != UriHostNameType.Unknown;
    }
}
