using MailProxy.Routing.Consul.Feed;
using MailProxy.Routing.Views;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.LastGood;

/// <summary>
/// Keeps the last good view on disk, so that a node that starts while Consul is away serves all the same: from what Consul said last,
/// when Consul has not answered for a while. What Consul says afterwards replaces it part by part.
/// </summary>
internal sealed class LastGoodKeeper(LastGoodOptions keep, ConsulOptions consul, IReadOnlyList<IFeed> feeds, Router router, TimeProvider time, ILogger logger)
{
    // A crash loses what changed since; a burst of changes is written once. Of 50,000 pins each write is 4 MB.
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5);

    // Unchanged it is written again only so that its age is true.
    private static readonly TimeSpan ConfirmEvery = TimeSpan.FromMinutes(5);

    // Older than this a part is not called confirmed: a blocking query may wait for a minute, and then some.
    private static readonly TimeSpan ConfirmedWithin = TimeSpan.FromSeconds(90);

    private readonly LastGoodFile file = new(keep.File);
    private RoutingView? written;
    private long writtenAt;
    private volatile string? writeFault;
    private SavedRouting? seed;
    private volatile bool isInUse;

    /// <summary>What an operator has to know, as phrases for readiness.</summary>
    public IEnumerable<string> Problems
    {
        get
        {
            if (isInUse && seed is { } saved && !feeds.All(feed => feed.IsConfirmed))
            {
                yield return $"routes are of {saved.ConfirmedAt:yyyy-MM-dd HH:mm:ss}Z, from {file.Path}, until Consul answers";
            }

            if (writeFault is { } fault)
            {
                yield return fault;
            }
        }
    }

    /// <summary>Reads the file. Before the feeds run: they judge Consul's first answers by it, as a running node judges a later one.</summary>
    public void Seed()
    {
        if (!file.TryRead(out var saved, out var problem))
        {
            if (problem is not null)
            {
                logger.LogWarning("The last good view in {File} is not used: {Problem}", file.Path, problem);
            }

            return;
        }

        var age = time.GetUtcNow() - saved.ConfirmedAt;
        if (saved.Prefix != consul.Prefix || saved.StoreService != consul.StoreServiceName || saved.Datacenter != consul.Datacenter)
        {
            logger.LogWarning(
                "The last good view in {File} is not used: it is of {Prefix} and {Service} in datacenter '{Datacenter}'",
                file.Path, saved.Prefix, saved.StoreService, saved.Datacenter);
        }
        else if (age > keep.Limit)
        {
            logger.LogWarning("The last good view in {File} is not used: it is {Age} old, and Routing:LastGood:Limit is {Limit}", file.Path, age, keep.Limit);
        }
        else
        {
            seed = saved;
            foreach (var feed in feeds)
            {
                feed.Seed(saved);
            }
        }
    }

    /// <summary>Offers what was read when Consul is silent, then writes what Consul says, until cancelled; <see cref="WriteIfDue"/> is the last word.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await OfferAsync(cancellationToken);
            for (; ; )
            {
                await Task.Delay(WriteEvery, time, cancellationToken);
                WriteIfDue();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            logger.LogDebug("The last good view is written no more from time to time");
        }
    }

    /// <summary>
    /// Writes what Consul said, if all of it is fresh and some of it is new. The last time is after the feeds have ended:
    /// a feed publishes an answer a moment before it is called confirmed.
    /// </summary>
    public void WriteIfDue()
    {
        var view = router.View;
        if (view.Loaded != ViewParts.All || feeds.Any(feed => !feed.IsConfirmed || feed.Age > ConfirmedWithin)
            || (ReferenceEquals(view, written) && time.GetElapsedTime(writtenAt) < ConfirmEvery))
        {
            return;
        }

        var saved = new SavedRouting
        {
            Prefix = consul.Prefix,
            StoreService = consul.StoreServiceName,
            Datacenter = consul.Datacenter,
            ConfirmedAt = time.GetUtcNow() - feeds.Max(feed => feed.Age),
        };
        foreach (var feed in feeds)
        {
            feed.Save(saved);
        }

        (written, writtenAt) = (view, time.GetTimestamp());
        try
        {
            file.Write(saved);
            writeFault = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (writeFault is null)
            {
                logger.LogWarning("The last good view cannot be written: {Problem}. A restart while Consul is away will find an old one or none", exception.Message);
            }

            writeFault = $"the last good view cannot be written: {exception.Message}";
        }
    }

    private async Task OfferAsync(CancellationToken cancellationToken)
    {
        if (seed is not { } saved)
        {
            return;
        }

        try
        {
            await router.Ready.WaitAsync(keep.After, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            var age = time.GetUtcNow() - saved.ConfirmedAt;
            isInUse = true;
            logger.LogWarning(
                "Consul has not answered for {Seconds} s: routing by the last good view, which is {Age} old ({File})", keep.After.TotalSeconds, age, file.Path);
            router.Publish(view => feeds.Where(feed => !view.Loaded.HasFlag(feed.Part)).Aggregate(view, (next, feed) => feed.FillIn(next, age)), RouteChange.Anybody);
        }
    }
}
