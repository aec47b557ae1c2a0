namespace MailProxy.Directory.Chain;

/// <summary>One provider of a chain, and whom it is asked about.</summary>
public sealed class ChainLinkOptions : ProviderOptions
{
    /// <summary>What the log and <c>mailproxy user test</c> call it. Empty: the provider's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is called in the end.</summary>
    internal string EffectiveName => Name.Length > 0 ? Name : Provider;

    /// <summary>
    /// Domains for which it is asked; <c>*.example.org</c> means those below it. Empty: all, and names without a domain. A domain that stands here is its own:
    /// the providers behind it are not asked about it unless they name it too.
    /// </summary>
    public List<string> Domains { get; set; } = [];

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(string path)
    {
        foreach (var domain in Domains.Where(domain => Uri.CheckHostName(domain.StartsWith("*.", StringComparison.Ordinal) ? domain[2..] : domain) != UriHostNameType.Dns))
        {
            yield return $"{path}:{nameof(Domains)}: '{domain}' is no domain.";
        }

        foreach (var error in base.Validate(path))
        {
            yield return error;
        }
    }
}
