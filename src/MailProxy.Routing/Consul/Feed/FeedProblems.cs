using MailProxy.Routing.Consul.Watch;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>The phrases of a feed for readiness.</summary>
internal static class FeedProblems
{
    public static IEnumerable<string> Of(string name, WatchStatus status, string? doubt)
    {
        if (status.Problem is { } problem)
        {
            yield return $"{name}: {problem}";
        }

        if (doubt is not null)
        {
            yield return doubt;
        }
    }
}
