using MailProxy.Routing.Catalog;
using MailProxy.Routing.Decisions;

namespace MailProxy.Routing;

/// <summary>Where users live, answered from the last good view; nothing here waits for Consul.</summary>
public interface IRouter
{
    /// <summary>Decides for a canonical user name and the home its directory entry names, if any.</summary>
    RouteDecision Route(string user, string? directoryHome);

    /// <summary>What every rule says of a user, in order of precedence, those behind the one that decides as well. For people.</summary>
    IReadOnlyList<RuleLook> Explain(string user, string? directoryHome)
    {
        var decision = Route(user, directoryHome);
        return [new RuleLook(decision.Reason, decision.Detail, decision.StoreId ?? "no store", decision.StoreId is not null)];
    }

    /// <summary>Every store known, any state.</summary>
    IReadOnlyCollection<StoreNode> Stores { get; }

    /// <summary>Raised after each change of pins, domains, slots or catalog was applied. Those whom it names compare their own decision with a new one then. Handlers must not block.</summary>
    event Action<RouteChange>? Changed;

    /// <summary>Null when a view has been loaded; otherwise one sentence for <c>/readyz?verbose</c>.</summary>
    string? Unreadiness { get; }

    /// <summary>How long ago the view was last confirmed by Consul; shown in readiness detail.</summary>
    TimeSpan ViewAge { get; }
}
