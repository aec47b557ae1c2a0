using MailProxy.Directory.Cache;
using MailProxy.Directory.Chain;
using MailProxy.Directory.Guard;
using MailProxy.Directory.Proofs;

namespace MailProxy.Directory;

/// <summary>Which directory a proxy asks. Section <c>Directory</c>.</summary>
public sealed class DirectoryOptions : ProviderOptions
{
    /// <summary>For <c>chain</c>: providers in the order in which they are asked.</summary>
    public List<ChainLinkOptions> Chain { get; set; } = [];

    /// <summary>How long answers are good.</summary>
    public DirectoryCacheOptions Cache { get; set; } = new();

    /// <summary>What makes guessing slow.</summary>
    public GuardOptions Guard { get; set; } = new();

    /// <summary>What SCRAM clients are shown for those who have no keys.</summary>
    public ChallengeOptions Challenge { get; set; } = new();

    /// <inheritdoc/>
    protected override string Known => Providers + ", chain";

    /// <summary>True when several providers are asked in turn.</summary>
    public bool IsChain => Provider.Equals("chain", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(string path)
    {
        var errors = !IsChain
            ? base.Validate(path)
            : Chain.Count == 0
                ? [$"{path}:{nameof(Chain)}: is empty; name the providers to ask, in order."]
                : Chain.SelectMany((link, index) => link.Validate($"{path}:{nameof(Chain)}:{index}"));
        return errors.Concat(Cache.Validate($"{path}:{nameof(Cache)}")).Concat(Guard.Validate($"{path}:{nameof(Guard)}")).Concat(Challenge.Validate($"{path}:{nameof(Challenge)}"));
    }
}
