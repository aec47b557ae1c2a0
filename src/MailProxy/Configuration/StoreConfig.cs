using MailProxy.Proxy.Accept;
using MailProxy.Routing.Consul;
using MailProxy.Store.Access;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Moves;
using MailProxy.Transport.Tls;

namespace MailProxy.Configuration;

/// <summary>A reference store node's configuration: config/store.json shows every section.</summary>
public sealed class StoreConfig : INodeConfig
{
    /// <summary>Who this node is; its name is the store id.</summary>
    public NodeOptions Node { get; set; } = new();

    /// <summary>Where the mail is kept.</summary>
    public FileStoreOptions Store { get; set; } = new();

    /// <summary>Where proxies connect.</summary>
    public List<StoreListenerOptions> Listeners { get; set; } = [];

    /// <summary>Our certificate, and the CAs of the proxies' certificates.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>Who may log in, and how.</summary>
    public AccessOptions Access { get; set; } = new();

    /// <summary>How users are pulled from other stores.</summary>
    public MoveOptions Moves { get; set; } = new();

    /// <summary>Where this store makes itself known.</summary>
    public ConsulOptions Consul { get; set; } = new();

    /// <summary>What is logged.</summary>
    public LogOptions Log { get; set; } = new();

    /// <inheritdoc/>
    void INodeConfig.ResolvePaths(string folder)
    {
        ConfigPaths.Resolve(Store, folder);
        ConfigPaths.Resolve(Tls, folder);
        ConfigPaths.Resolve(Access, folder);
        ConfigPaths.Resolve(Moves, folder);
        ConfigPaths.Resolve(Consul, folder);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        var errors = new List<string>();
        errors.AddRange(Node.Validate(nameof(Node)));
        errors.AddRange(Store.Validate(nameof(Store)));
        if (Listeners.Count == 0)
        {
            errors.Add($"{nameof(Listeners)}: name at least one listener, or no proxy can connect.");
        }

        for (var i = 0; i < Listeners.Count; i++)
        {
            errors.AddRange(Listeners[i].Validate($"{nameof(Listeners)}:{i}"));
        }

        if (Listeners.Exists(listener => listener.Tls != ListenerTlsMode.None))
        {
            errors.AddRange(Tls.Validate(nameof(Tls)));
        }

        if (Tls.TicketKeys is not null)
        {
            errors.Add($"{nameof(Tls)}:{nameof(Tls.TicketKeys)}: a store shares no session tickets with other nodes; leave it out.");
        }

        errors.AddRange(Access.Validate(nameof(Access)));
        if (Access.TrustedClients.Count > 0 && string.IsNullOrEmpty(Tls.ClientAuthorities))
        {
            errors.Add($"{nameof(Tls)}:ClientAuthorities: proxies are trusted by certificate, so name the PEM file of the CAs that sign theirs.");
        }

        var modes = Listeners.Where(listener => listener.Protocol != StoreProtocol.Http).Select(listener => listener.Tls).Distinct().ToList();
        if (modes.Count > 1)
        {
            errors.Add($"{nameof(Listeners)}: IMAP, POP3 and LMTP listeners must share one Tls mode: Consul carries one word for a store, and proxies would dial the others wrongly.");
        }

        if (Access.TrustedStores.Count > 0 && string.IsNullOrEmpty(Tls.ClientAuthorities))
        {
            errors.Add($"{nameof(Tls)}:ClientAuthorities: other stores are trusted by certificate, so name the PEM file of the CAs that sign theirs.");
        }

        errors.AddRange(Moves.Validate(nameof(Moves)));
        errors.AddRange(Consul.Validate(nameof(Consul)));
        return errors;
    }
}
