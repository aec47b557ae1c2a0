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

    /// <summary>What clients can log in by.</summary>
    public CredentialKinds Takes => (IsChain ? Chain.AsEnumerable<ProviderOptions>() : [this])
        .Aggregate(CredentialKinds.None, (all, provider) => all | (provider.IsOAuth ? CredentialKinds.Tokens : CredentialKinds.Passwords));

    /// <inheritdoc/>
    public override IEnumerable<string> Validate(string path)
    {
        var errors = !IsChain
            ? base.Validate(path).Concat(IsOAuth && OAuth.Users.Length > 0 ? [$"{path}:OAuth:Users: there is no other provider; make a chain of this one and '{OAuth.Users}'."] : [])
            : Chain.Count == 0
                ? [$"{path}:{nameof(Chain)}: is empty; name the providers to ask, in order."]
                : Chain.SelectMany((link, index) => link.Validate($"{path}:{nameof(Chain)}:{index}").Concat(ValidateUsers(link, $"{path}:{nameof(Chain)}:{index}")));
        return errors.Concat(Cache.Validate($"{path}:{nameof(Cache)}")).Concat(Guard.Validate($"{path}:{nameof(Guard)}")).Concat(Challenge.Validate($"{path}:{nameof(Challenge)}"));
    }

    private IEnumerable<string> ValidateUsers(ChainLinkOptions link, string path)
    {
        if (link.IsOAuth && link.OAuth.Users.Length > 0 && Chain.Count(other => !other.IsOAuth && other.EffectiveName == link.OAuth.Users) != 1)
        {
            yield return $"{path}:OAuth:Users: '{link.OAuth.Users}' must be the name of exactly one provider of this chain that is no oauth.";
        }
    }
}
