namespace MailProxy.Directory.Chain;

/// <summary>A provider in its place in a chain.</summary>
internal sealed class ChainLink
{
    private readonly HashSet<string> _domains;
    private readonly string[] _parents;

    /// <param name="options">Valid.</param>
    /// <param name="provider">Not started yet; the chain disposes it.</param>
    public ChainLink(ChainLinkOptions options, IDirectoryProvider provider)
    {
        Provider = provider;
        Name = options.EffectiveName;
        Users = options.IsOAuth && options.OAuth.Users.Length > 0 ? options.OAuth.Users : null;
        _domains = options.Domains.Where(domain => !domain.StartsWith('*')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _parents = [.. options.Domains.Where(domain => domain.StartsWith('*')).Select(domain => domain[1..])];
    }

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>The name of the link that knows its users; null: it knows them itself.</summary>
    public string? Users { get; }

    /// <summary>The provider.</summary>
    public IDirectoryProvider Provider { get; }

    /// <summary>It is asked about everybody.</summary>
    public bool IsForAll => _domains.Count == 0 && _parents.Length == 0;

    /// <summary>True when the domain stands in its list.</summary>
    public bool Names(string domain) =>
        _domains.Contains(domain) || _parents.Any(parent => domain.Length > parent.Length && domain.EndsWith(parent, StringComparison.OrdinalIgnoreCase));
}
