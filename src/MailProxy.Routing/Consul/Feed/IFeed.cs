using MailProxy.Routing.Consul.LastGood;
using MailProxy.Routing.Views;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>A watch with what it feeds.</summary>
internal interface IFeed
{
    /// <summary>Runs until it is cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Since Consul last confirmed this part of the view.</summary>
    TimeSpan Age { get; }

    /// <summary>Which part of a view it feeds.</summary>
    ViewParts Part { get; }

    /// <summary>Consul itself has answered since the start.</summary>
    bool IsConfirmed { get; }

    /// <summary>Takes what was known before the start, to judge the first answer by. Before it runs.</summary>
    void Seed(SavedRouting saved);

    /// <summary>Puts what it was seeded with into a view that lacks its part; <paramref name="age"/> is how old that is.</summary>
    RoutingView FillIn(RoutingView view, TimeSpan age);

    /// <summary>Puts what is known now into what will be kept. From any thread.</summary>
    void Save(SavedRouting saved);

    /// <summary>What is wrong, as phrases for readiness.</summary>
    IEnumerable<string> Problems { get; }
}
