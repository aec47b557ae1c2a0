namespace MailProxy.Routing.Consul.Model;

/// <summary>An instance's share among those of its service, by what its checks say.</summary>
public sealed record ServiceWeights
{
    /// <summary>While all checks pass; Consul takes 1 and more.</summary>
    public int Passing { get; init; } = 1;

    /// <summary>While one warns; 0: it gets nothing.</summary>
    public int Warning { get; init; } = 1;
}
