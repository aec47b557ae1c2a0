using MailProxy.Directory.Proofs;

namespace MailProxy.Directory.Chain;

/// <summary>
/// Providers asked in turn until one knows the user. Whoever knows the user decides: a wrong password ends the search, and so does a provider that
/// cannot say, because the user may be its own. For MX a domain is ours when any of them says so.
/// </summary>
internal sealed class ProviderChain(IReadOnlyList<ChainLink> links) : IDirectoryProvider
{
    /// <summary>Only when none can answer: the users of the others must not lose a whole node.</summary>
    public string? Unreadiness => links.All(link => link.Provider.Unreadiness is not null) ? Join(link => link.Provider.Unreadiness) : null;

    /// <inheritdoc/>
    public string? Notice => Join(link => link.Provider.Unreadiness is null ? link.Provider.Notice : Unreadiness is null ? link.Provider.Unreadiness : null);

    /// <inheritdoc/>
    public CredentialKinds Takes { get; } = links.Aggregate(CredentialKinds.None, (all, link) => all | link.Provider.Takes);

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        // At once: one that is away takes its time to find out.
        await Task.WhenAll(links.Select(link => link.Provider.StartAsync(cancellationToken).AsTask()));
    }

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var result = new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: "no provider is asked about this domain");
        if (request.Trace is { } begin)
        {
            var asked = string.Join(", ", Asked(request).Select(link => link.Name));
            begin(asked.Length == 0 ? $"the chain names no provider for {request.Kind.ToString().ToLowerInvariant()} of this domain" : $"the chain asks, in this order: {asked}");
        }

        foreach (var link in Asked(request))
        {
            var traced = request.Trace is { } trace ? request with { Trace = step => trace($"{link.Name}: {step}") } : request;
            result = await link.Provider.AuthenticateAsync(traced, cancellationToken);
            traced.Trace?.Invoke($"{result.Outcome}{(result.Detail.Length > 0 ? $" ({result.Detail})" : "")}");
            result = result with { Detail = $"{link.Name}: {result.Detail}" };
            if (result is { Outcome: AuthenticationOutcome.Authenticated, User: { } user } && request.Kind == CredentialKinds.Tokens)
            {
                return await AdmitAsync(link, user, result, request, cancellationToken);
            }

            if (result.Outcome != AuthenticationOutcome.NoSuchUser)
            {
                break;
            }
        }

        return result;
    }

    /// <summary>The same search: whoever knows the user, or cannot tell, ends it.</summary>
    public async ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var result = new ChallengeResult(ChallengeOutcome.NoSuchUser, Detail: "no provider is asked about this domain");
        foreach (var link in For(request.UserName, Taking(CredentialKinds.Passwords)))
        {
            result = await link.Provider.ChallengeAsync(request, cancellationToken);
            result = result with { Detail = $"{link.Name}: {result.Detail}" };
            if (result.Outcome != ChallengeOutcome.NoSuchUser)
            {
                break;
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        var result = new LookupResult(LookupOutcome.NotOurDomain, [], "no provider is asked about this domain");
        foreach (var link in For(address, links.Where(link => link.Users is null)))
        {
            var answer = await link.Provider.LookUpAsync(address, cancellationToken);
            if (answer.Outcome is LookupOutcome.Found or LookupOutcome.TemporarilyUnavailable)
            {
                return answer with { Detail = $"{link.Name}: {answer.Detail}" };
            }

            // Of "nobody's" and "not ours" the former is the stronger word.
            if (result.Outcome == LookupOutcome.NotOurDomain)
            {
                result = answer with { Detail = $"{link.Name}: {answer.Detail}" };
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public int Forget(string user) => links.Sum(link => link.Provider.Forget(user));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var link in links)
        {
            await link.Provider.DisposeAsync();
        }
    }

    // A token is good: is it one of a user whom this link may speak for, and what says the link that knows the users?
    private async ValueTask<AuthenticationResult> AdmitAsync(
        ChainLink link, DirectoryUser user, AuthenticationResult result, AuthenticationRequest request, CancellationToken cancellationToken)
    {
        if (!For(user.Name, Taking(CredentialKinds.Tokens)).Contains(link))
        {
            // An issuer says of its own domains who is who, and of nobody else's.
            return new AuthenticationResult(AuthenticationOutcome.NotAuthorized, Detail: $"{link.Name}: it is not asked about the domain of {user.Name}");
        }

        if (links.FirstOrDefault(other => link.Users is not null && other.Name == link.Users) is not { } knowing)
        {
            return result;
        }

        using var nothing = new Secret([]);
        var known = await knowing.Provider.AuthenticateAsync(
            request with
            {
                AuthenticationId = user.Name, AuthorizationId = "", Secret = nothing, IsVouched = true,
                Trace = request.Trace is { } trace ? step => trace($"{knowing.Name}: {step}") : null,
            },
            cancellationToken);
        request.Trace?.Invoke($"{knowing.Name}: {known.Outcome}{(known.Detail.Length > 0 ? $" ({known.Detail})" : "")}");
        return known with
        {
            User = known.User is { Home: null, Address: null } homeless ? homeless with { Home = user.Home } : known.User,
            Detail = $"{result.Detail}; {knowing.Name}: {known.Detail}",
            GoodUntil = result.GoodUntil,
        };
    }

    private IEnumerable<ChainLink> Taking(CredentialKinds kind) => links.Where(link => (link.Provider.Takes & kind) != 0);

    // A token need not come with a name: then each issuer's provider looks whether it is its own.
    private IEnumerable<ChainLink> Asked(AuthenticationRequest request) =>
        request.Kind == CredentialKinds.Tokens && !request.AuthenticationId.Contains('@', StringComparison.Ordinal)
            ? Taking(CredentialKinds.Tokens)
            : For(request.AuthenticationId, Taking(request.Kind));

    private static IEnumerable<ChainLink> For(string name, IEnumerable<ChainLink> among)
    {
        var at = name.LastIndexOf('@');
        var domain = at < 0 ? "" : name[(at + 1)..];
        var all = among.ToList();
        var isNamed = domain.Length > 0 && all.Exists(link => link.Names(domain));
        return all.Where(link => isNamed ? link.Names(domain) : link.IsForAll);
    }

    private string? Join(Func<ChainLink, string?> text)
    {
        var said = links.Select(link => (link.Name, Text: text(link))).Where(one => one.Text is not null).Select(one => $"{one.Name}: {one.Text}").ToList();
        return said.Count == 0 ? null : string.Join("; ", said);
    }
}
