namespace MailProxy.Routing.Consul.Feed;

/// <summary>A watch with what it feeds.</summary>
internal interface IFeed
{
    /// <summary>Runs until it is cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Since Consul last confirmed this part of the view.</summary>
    TimeSpan Age { get; }

    /// <summary>What is wrong, as phrases for readiness.</summary>
    IEnumerable<string> Problems { get; }
}
