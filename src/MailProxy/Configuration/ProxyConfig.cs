using MailProxy.Directory;
using MailProxy.Directory.Shared;
using MailProxy.Http;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Submission;
using MailProxy.Routing;
using MailProxy.Routing.Consul;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Tls;

namespace MailProxy.Configuration;

/// <summary>A proxy node's configuration: config/proxy.json shows every section.</summary>
public sealed class ProxyConfig : INodeConfig
{
    // Longer than any start that somebody waits for.
    private static readonly TimeSpan LongestRehearsal = TimeSpan.FromMinutes(5);

    /// <summary>Who this node is.</summary>
    public NodeOptions Node { get; set; } = new();

    /// <summary>What carries connections: the Linux transport where it runs, see docs/decisions/0011.</summary>
    public TransportKind Transport { get; set; } = TransportKind.Auto;

    /// <summary>
    /// Before it listens the node plays sessions with itself until their code is compiled, at most so long; zero: not at all. Without it the first
    /// seconds' logins cost several times as much (docs/performance.md, "The first seconds").
    /// </summary>
    public TimeSpan Rehearsal { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Where clients and other mail servers connect.</summary>
    public List<ListenerOptions> Listeners { get; set; } = [];

    /// <summary>Certificates for clients.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>How clients may log in.</summary>
    public AuthenticationOptions Authentication { get; set; } = new();

    /// <summary>Who the users are.</summary>
    public DirectoryOptions Directory { get; set; } = new();

    /// <summary>Where all nodes count guesses and sessions together.</summary>
    public SharedCountsOptions Shared { get; set; } = new();

    /// <summary>Where stores and routes come from.</summary>
    public RoutingOptions Routing { get; set; } = new();

    /// <summary>How Consul is reached.</summary>
    public ConsulOptions Consul { get; set; } = new();

    /// <summary>How stores are reached.</summary>
    public StoresOptions Stores { get; set; } = new();

    /// <summary>How messages are handed on.</summary>
    public RelayOptions Relay { get; set; } = new();

    /// <summary>What submitters may do.</summary>
    public SubmissionOptions Submission { get; set; } = new();

    /// <summary>Filters that judge and change messages.</summary>
    public MilterOptions Milter { get; set; } = new();

    /// <summary>Bounds of sessions.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>User HTTP traffic, health and agent-check.</summary>
    public HttpOptions Http { get; set; } = new();

    /// <summary>The admin API, for operators' commands.</summary>
    public AdminOptions Admin { get; set; } = new();

    /// <summary>How sessions end when the node stops or is drained.</summary>
    public DrainOptions Drain { get; set; } = new();

    /// <summary>What is logged.</summary>
    public LogOptions Log { get; set; } = new();

    /// <inheritdoc/>
    void INodeConfig.ResolvePaths(string folder)
    {
        ConfigPaths.Resolve(Tls, folder);
        ConfigPaths.Resolve(Directory, folder);
        ConfigPaths.Resolve(Shared, folder);
        ConfigPaths.Resolve(Consul, folder);
        ConfigPaths.Resolve(Stores, folder);
        ConfigPaths.Resolve(Relay, folder);
        ConfigPaths.Resolve(Milter, folder);
        ConfigPaths.Resolve(Http, folder);
        ConfigPaths.Resolve(Admin, folder);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        var errors = new List<string>();
        errors.AddRange(Node.Validate(nameof(Node)));
        if (Transport == TransportKind.Linux && LinuxSupport.Problem is { } problem)
        {
            errors.Add($"{nameof(Transport)}: {problem}");
        }

        if (Rehearsal < TimeSpan.Zero || Rehearsal > LongestRehearsal)
        {
            errors.Add($"{nameof(Rehearsal)}: give a time from 00:00:00 (none) to {LongestRehearsal}.");
        }

        if (Listeners.Count == 0)
        {
            errors.Add($"{nameof(Listeners)}: name at least one listener, or nobody can connect.");
        }

        for (var i = 0; i < Listeners.Count; i++)
        {
            errors.AddRange(Listeners[i].Validate($"{nameof(Listeners)}:{i}"));
        }

        foreach (var twice in Listeners.GroupBy(listener => (listener.Address, listener.Port)).Where(group => group.Key.Port > 0 && group.Count() > 1))
        {
            errors.Add($"{nameof(Listeners)}: {twice.Key.Address}:{twice.Key.Port} is used {twice.Count()} times.");
        }

        if (Listeners.Exists(listener => listener.Tls != ListenerTlsMode.None))
        {
            errors.AddRange(Tls.Validate(nameof(Tls)));
        }

        errors.AddRange(Authentication.Validate(nameof(Authentication), Directory.Takes));
        errors.AddRange(Authentication.ValidateWith(nameof(Authentication), Tls, Directory));
        errors.AddRange(Directory.Validate(nameof(Directory)));
        errors.AddRange(Shared.Validate(nameof(Shared)));
        errors.AddRange(Routing.Validate(nameof(Routing)));
        if (Routing.Mode == RoutingMode.Consul)
        {
            errors.AddRange(Consul.Validate(nameof(Consul)));
        }

        errors.AddRange(Stores.Validate(nameof(Stores)));
        errors.AddRange(Stores.Tls.Validate($"{nameof(Stores)}:{nameof(Stores.Tls)}"));
        if (Stores.Login == StoreLoginMethod.External && Stores.Tls.ClientCertificate.Length == 0)
        {
            errors.Add($"{nameof(Stores)}:Tls:ClientCertificate: login is 'external', so the proxy needs a client certificate that the stores trust.");
        }

        errors.AddRange(Relay.Validate(nameof(Relay)));
        if (Relay.PoolService.Length > 0 && Routing.Mode == RoutingMode.Static)
        {
            errors.Add($"{nameof(Relay)}:{nameof(Relay.PoolService)}: routing is static, so there is no Consul to ask; name the relays in {nameof(Relay)}:{nameof(Relay.Smarthost)}.");
        }

        errors.AddRange(Submission.Validate(nameof(Submission)));
        errors.AddRange(Milter.Validate(nameof(Milter)));
        if (Milter.Servers.Count > 0 && Milter.MessageTimeout >= Limits.RelayVerdict)
        {
            errors.Add($"{nameof(Milter)}:{nameof(Milter.MessageTimeout)}: the whole answer has {nameof(Limits)}:{nameof(Limits.RelayVerdict)} ({Limits.RelayVerdict}), stores included; give the milters less of it, like half.");
        }

        errors.AddRange(Limits.Validate(nameof(Limits)));
        errors.AddRange(Http.Validate(nameof(Http)));
        errors.AddRange(Admin.Validate(nameof(Admin)));
        errors.AddRange(Drain.Validate(nameof(Drain)));
        if (Http.Tls && Tls.Certificate is null)
        {
            errors.Add($"{nameof(Http)}:Tls: HTTPS needs a certificate; name it in {nameof(Tls)}:Certificate.");
        }

        return errors;
    }
}
