using MailProxy.Directory;

namespace MailProxy.Http;

/// <summary>What a request to a store carries.</summary>
/// <param name="IsNeeded">False: this store knows proxies by their certificate.</param>
/// <param name="Token">The token; null though it is needed: this proxy cannot make one. Whoever asked disposes it.</param>
public sealed record StoreTokenAnswer(bool IsNeeded, Secret? Token)
{
    /// <summary>None.</summary>
    public static StoreTokenAnswer NotNeeded { get; } = new(false, null);

    /// <summary>One would be needed.</summary>
    public static StoreTokenAnswer Missing { get; } = new(true, null);
}
