using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Views;

/// <summary>Answers from the current view; feeds publish the next one.</summary>
internal sealed class Router(string prefix, Func<TimeSpan> viewAge, Func<IEnumerable<string>> problems, ILogger logger) : IRouter
{
    private readonly Lock publishing = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RoutingView view = RoutingView.Empty;

    public event Action<RouteChange>? Changed;

    public IReadOnlyCollection<StoreNode> Stores => [.. view.Stores.Values];

    public TimeSpan ViewAge => viewAge();

    /// <summary>Ends when every part has been loaded.</summary>
    public Task Ready => ready.Task;

    public RoutingView View => view;

    public string? Unreadiness => view switch
    {
        { Loaded: not ViewParts.All } v => string.Join("; ", [$"routing: not loaded from Consul yet: {ViewParts.All & ~v.Loaded}", .. problems()]),
        { Stores.Count: 0 } => "routing: Consul lists no store",
        _ => null,
    };

    public RouteDecision Route(string user, string? directoryHome) => RouteRules.Decide(view, prefix, user, directoryHome);

    public IReadOnlyList<RuleLook> Explain(string user, string? directoryHome) => RouteRules.Explain(view, prefix, user, directoryHome);

    /// <summary>Applies a change that a feed has found to be one.</summary>
    /// <param name="change">Makes the next view.</param>
    /// <param name="moved">Whom it can have moved. While the first view is being put together that is anybody.</param>
    public void Publish(Func<RoutingView, RoutingView> change, RouteChange moved)
    {
        bool isFirst;
        lock (publishing)
        {
            var before = view;
            var next = change(before).WithStores();
            MarkBack(before, next);
            isFirst = before.Loaded != ViewParts.All;
            view = next;
        }

        if (view.Loaded == ViewParts.All)
        {
            ready.TrySetResult();
        }

        // Each listener looks at the view of its own moment, which has this change in it: two that are announced in another order do no harm.
        Announce(isFirst ? RouteChange.Anybody : moved);
    }

    // Before anybody sees that they are back.
    private static void MarkBack(RoutingView before, RoutingView next)
    {
        foreach (var (id, store) in next.Stores)
        {
            if (store.State != StoreState.Offline && before.Stores.GetValueOrDefault(id) is { State: StoreState.Offline })
            {
                store.Health.MarkBack();
            }
        }
    }

    // One bad listener must not keep the others from hearing of a change, nor end the watch that found it.
    private void Announce(RouteChange moved)
    {
        foreach (var handler in Changed?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action<RouteChange>)handler)(moved);
            }
            catch (Exception e)
            {
                logger.LogError(e, "A listener for routing changes failed");
            }
        }
    }
}
