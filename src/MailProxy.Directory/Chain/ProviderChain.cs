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
            var asked = string.Join(", ", For(request.AuthenticationId).Select(link => link.Name));
            begin(asked.Length == 0 ? "the chain names no provider for this domain" : $"the chain asks, in this order: {asked}");
        }

        foreach (var link in For(request.AuthenticationId))
        {
            var traced = request.Trace is { } trace ? request with { Trace = step => trace($"{link.Name}: {step}") } : request;
            result = await link.Provider.AuthenticateAsync(traced, cancellationToken);
            traced.Trace?.Invoke($"{result.Outcome}{(result.Detail.Length > 0 ? $" ({result.Detail})" : "")}");
            result = result with { Detail = $"{link.Name}: {result.Detail}" };
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
        foreach (var link in For(request.UserName))
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
        foreach (var link in For(address))
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

    private IEnumerable<ChainLink> For(string name)
    {
        var at = name.LastIndexOf('@');
        var domain = at < 0 ? "" : name[(at + 1)..];
        var isNamed = domain.Length > 0 && links.Any(link => link.Names(domain));
        return links.Where(link => isNamed ? link.Names(domain) : link.IsForAll);
    }

    private string? Join(Func<ChainLink, string?> text)
    {
        var said = links.Select(link => (link.Name, Text: text(link))).Where(one => one.Text is not null).Select(one => $"{one.Name}: {one.Text}").ToList();
        return said.Count == 0 ? null : string.Join("; ", said);
    }
}
